import { describe, expect, it } from "vitest";
import { ContractViolation, feedConnectorContract } from "../../src/testing/index.ts";
import { openMemoryFeed } from "../contract/memory-feed-server.ts";
import { recordSuite } from "../support/recording-runner.ts";
import { BROKEN_CONNECTORS } from "./broken-feed-connectors.ts";

const limits = { status: "memory", frameSize: "memory" };

describe("a feed connector", () => {
  it("passes where it keeps every promise, its limits shown as skipped", async () => {
    const { passed, failed, skipped } = await recordSuite((runner) =>
      feedConnectorContract("whole", { runner, open: () => openMemoryFeed(), limits }),
    );
    expect([...failed]).toEqual([]);
    expect(passed.length).toBeGreaterThan(25);
    expect(skipped).toHaveLength(3);
  });

  it.each(BROKEN_CONNECTORS)("is found out where it %s", async (_, connectorOf, expected) => {
    const { failed } = await recordSuite((runner) =>
      feedConnectorContract("broken", { runner, open: () => openMemoryFeed(connectorOf), limits }),
    );
    for (const title of expected) {
      const error = [...failed].find(([whole]) => whole.endsWith(` > ${title}`))?.[1];
      expect(error, title).toBeInstanceOf(ContractViolation);
    }
  });
});
