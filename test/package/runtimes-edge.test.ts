import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import { type Simulator, startSimulator } from "../../src/simulator/index.ts";
import { type LinkServer, startLinkServer } from "../support/link-server.ts";
import { NODE, openProject, type Project } from "../support/runtimes.ts";
import { rowsOf, sentRows } from "../support/sent-rows.ts";
import { startWorkerd, type Workerd } from "../support/workerd.ts";
import { exampleCode } from "./readme-example.ts";

describe("the built package in a worker at the edge, with Node's outcome to go by", () => {
  let project: Project;
  let workerd: Workerd;
  let simulator: Simulator;
  let server: LinkServer;
  const ask = async (module: string, query: string, body?: string): Promise<string> => {
    const init = body === undefined ? {} : { method: "POST", body };
    const response = await fetch(`${workerd.urls.get(module)}${query}`, {
      ...init,
      signal: AbortSignal.timeout(40_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The worker failed: ${response.status} ${text}`);
    return text;
  };
  beforeAll(async () => {
    project = openProject({ "example.ts": exampleCode("export default worker", "docs/host-service.md") });
    workerd = await startWorkerd(project.folder, ["worker.ts", "socket-worker.ts", "example.ts"]);
    simulator = await startSimulator({ eventsPerSecond: 4_000, quotesPerTrade: 1, log: { payloads: "sent" } });
    server = await startLinkServer();
  });
  afterAll(async () => {
    await workerd.stop();
    await Promise.all([simulator.close(), server.close()]);
    project.remove();
  });

  it("replays the bundled capture to the last figure", async () => {
    const capture = readFileSync("captures/synthetic.jsonl", "utf8");
    const outcome = JSON.parse(await ask("worker.ts", "", capture));
    expect(outcome).toEqual(JSON.parse(await project.run(NODE, "replay.ts")));
  });

  it("fetches a chain", async () => {
    const still = await startSimulator({ clock: new ManualClock(Date.UTC(2025, 11, 22, 15)) });
    try {
      const query = `?provider=${still.restUrl}`;
      const chain = JSON.parse(await ask("worker.ts", query));
      expect(chain.contracts.length).toBeGreaterThan(100);
      expect(chain).toEqual(JSON.parse(await project.run(NODE, "ask-worker.ts", "./worker.ts", query)));
    } finally {
      await still.close();
    }
  });

  it.each(["default", "global"])("takes the rows that were sent on sockets of the %s class", async (sockets) => {
    const connection = simulator.log.totals().connections + 1;
    const query = `?simulator=${simulator.url}&server=${server.url}&class=${sockets}`;
    const [rows = "", links = ""] = (await ask("socket-worker.ts", query)).split("\n");
    expect(rowsOf(rows)).toHaveLength(200);
    expect(rowsOf(rows)).toEqual(sentRows(simulator, connection).slice(0, 200));
    // Bundles for the edge have no `ws`: either is the runtime's class.
    const node = await project.run(NODE, "sockets.ts", simulator.url, server.url, "global");
    expect(JSON.parse(links)).toEqual(JSON.parse(node.split("\n")[1] ?? ""));
  });

  it("answers as the documentation's worker does in Node", async () => {
    const lines = readFileSync("captures/synthetic.jsonl", "utf8").trimEnd().split("\n");
    const frames = lines.map((line) => JSON.parse(line).payload).join("\n");
    const answer = JSON.parse(await ask("example.ts", "", frames));
    expect(answer).toMatchObject({ counters: { frames: lines.length }, flow: { underlying: "SPX" } });
    writeFileSync(join(project.folder, "frames.txt"), frames);
    expect(answer).toEqual(JSON.parse(await project.run(NODE, "ask-worker.ts", "./example.ts", "", "frames.txt")));
  });
});
