import { once } from "node:events";
import { expect, it } from "vitest";
import { startSimulator } from "../../src/simulator/index.ts";
import { until } from "../support/until.ts";
import { withRunningExample } from "./readme-example.ts";

const ROWS = /^[1-9]\d* rows, Complete up to \d+/m;

it("the README has a live example that streams, survives a restart of the provider, and ends with Ctrl-C", async () => {
  const simulator = await startSimulator({ eventsPerSecond: 500 });
  const port = String(simulator.port);
  try {
    await withRunningExample(
      "for await (const { rows, meta } of manager.run(",
      (code) => code.replace("127.0.0.1:7400", `127.0.0.1:${port}`),
      async (child, printed) => {
        await until("rows come", () => ROWS.test(printed()));
        await simulator.restart();
        await until("the gap is told", () => printed().includes("cause: 'disconnect'"));
        const before = printed().length;
        await until("rows come again", () => ROWS.test(printed().slice(before)));
        const ended = once(child, "exit");
        child.kill("SIGINT");
        expect((await ended)[0]).toBe(0);
        expect(printed()).toContain("0 rows, Partial up to");
      },
    );
  } finally {
    await simulator.close();
  }
});
