import { describe, expect, it } from "vitest";
import { ContractViolation, spotProviderContract } from "../../src/testing/index.ts";
import { openMemorySpots } from "../contract/memory-spot-server.ts";
import { recordSuite } from "../support/recording-runner.ts";
import { BROKEN_SPOT_PROVIDERS } from "./broken-spot-providers.ts";

const limits = { timeframeOfStocks: "memory" };

describe("a spot provider", () => {
  it("passes where it keeps every promise, its limits shown as skipped", async () => {
    const { passed, failed, skipped } = await recordSuite((runner) =>
      spotProviderContract("whole", { runner, open: () => openMemorySpots(), limits }),
    );
    expect([...failed]).toEqual([]);
    expect(passed.length).toBeGreaterThan(40);
    expect(skipped).toHaveLength(1);
  });

  it.each(BROKEN_SPOT_PROVIDERS)("is found out where it %s", async (_, providerOf, expected) => {
    const { failed } = await recordSuite((runner) =>
      spotProviderContract("broken", { runner, open: () => openMemorySpots(providerOf) }),
    );
    for (const title of expected) {
      const error = [...failed].find(([whole]) => whole.endsWith(` > ${title}`))?.[1];
      expect(error, title).toBeInstanceOf(ContractViolation);
    }
  });
});
