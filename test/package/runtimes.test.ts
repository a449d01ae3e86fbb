import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../src/simulator/index.ts";
import { type LinkServer, startLinkServer } from "../support/link-server.ts";
import { BUN, denoWith, NODE, openProject, type Project, type Runtime } from "../support/runtimes.ts";
import { rowsOf, sentRows } from "../support/sent-rows.ts";
import { exampleCode } from "./readme-example.ts";

const PAGE = "docs/host-service.md";
const manifest: { exports: Record<string, unknown> } = JSON.parse(readFileSync("package.json", "utf8"));
const ENTRIES = Object.keys(manifest.exports)
  .filter((entry) => !entry.endsWith(".json"))
  .map((entry) => `strikewire${entry.slice(1)}`);

/** What `ws` reads where it is loaded. */
const WS_PERMISSION = "--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE";
const runtimes = (...permissions: readonly string[]): readonly [string, Runtime][] => [
  ["Deno", denoWith(...permissions)],
  ["Bun", BUN],
];

let project: Project;
beforeAll(() => {
  project = openProject({
    "models.ts": exampleCode("new ModelBuilder(config, memory, here)", PAGE),
    "unit-test.ts": exampleCode("new MemoryFeed({ clock })", PAGE),
  });
});
afterAll(() => project.remove());

describe("the built package", () => {
  let names: string;
  let outcome: string;
  beforeAll(async () => {
    names = await project.run(NODE, "entries.ts", ...ENTRIES);
    outcome = await project.run(NODE, "replay.ts");
  });

  it.each(runtimes("--allow-read", "--allow-env"))("has in %s the names that it has in Node", async (_, runtime) => {
    expect(names.match(/ true$/gm)).toHaveLength(ENTRIES.length);
    expect(await project.run(runtime, "entries.ts", ...ENTRIES)).toBe(names);
  });

  it.each(runtimes("--allow-read"))("replays the bundled capture in %s to Node's last figure", async (_, runtime) => {
    expect(JSON.parse(outcome).trades.flat().length).toBeGreaterThan(3_000);
    // Megabytes, whose difference takes long to show.
    expect((await project.run(runtime, "replay.ts")) === outcome).toBe(true);
  });

  it.each(runtimes("--allow-read", "--allow-write"))("writes compressed captures in %s", async (name, runtime) => {
    const written = await project.run(runtime, "recording.ts", `${name}.jsonl.gz`);
    const bundled = readFileSync("captures/synthetic.jsonl", "utf8").trimEnd().split("\n");
    const payloads = (text: string): unknown => JSON.parse(text).payload;
    expect(written.trimEnd().split("\n").map(payloads)).toEqual(bundled.map(payloads));
  });

  it.each(runtimes())("runs the unit test of the documentation in %s", async (_, runtime) => {
    const printed = await project.run(runtime, "unit-test.ts");
    expect(printed).toMatch(/^T\.\*\n/);
    expect(printed).toMatch(/contract: ['"]O:SPXW251223P06870000['"]/);
    expect(printed).toMatch(/\ndisconnect\n$/);
  });

  it.each(runtimes())("passes suites of strikewire/testing in %s, those that it passes in Node", async (_, runtime) => {
    const passed = await project.run(runtime, "contracts.ts");
    expect(passed.split("\n").length).toBeGreaterThan(20);
    expect(passed).toBe(await project.run(NODE, "contracts.ts"));
  });

  it.each(runtimes("--allow-net=127.0.0.1", WS_PERMISSION))("serves a provider in %s", async (_, runtime) => {
    const [first = "", second = ""] = (await project.run(runtime, "simulator.ts")).split("\n");
    expect([rowsOf(first).length, rowsOf(second).length]).toEqual([200, 200]);
    expect(await project.run(runtime, "models.ts")).toMatch(/^(live|stale) spot [\d.]+ of \d+ contracts\n/);
  });
});

describe("the built package on sockets", () => {
  let simulator: Simulator;
  let server: LinkServer;
  beforeAll(async () => {
    simulator = await startSimulator({ eventsPerSecond: 4_000, quotesPerTrade: 1, log: { payloads: "sent" } });
    server = await startLinkServer();
  });
  afterAll(() => Promise.all([simulator.close(), server.close()]));

  describe.each([["default"], ["global"]])("of the %s class", (sockets) => {
    const told = async (runtime: Runtime): Promise<readonly string[]> =>
      (await project.run(runtime, "sockets.ts", simulator.url, server.url, sockets)).split("\n");
    let linksInNode: string | undefined;
    beforeAll(async () => {
      [, linksInNode = ""] = await told(NODE);
    });

    it.each(runtimes("--allow-net=127.0.0.1", WS_PERMISSION))(
      "takes the rows that were sent in %s, and has links as in Node",
      async (_, runtime) => {
        const connection = simulator.log.totals().connections + 1;
        const [rows = "", links = ""] = await told(runtime);
        expect(rowsOf(rows)).toHaveLength(200);
        expect(rowsOf(rows)).toEqual(sentRows(simulator, connection).slice(0, 200));
        expect(JSON.parse(links)).toEqual(JSON.parse(linksInNode ?? ""));
      },
    );
  });

  it.each(runtimes("--allow-net=127.0.0.1", WS_PERMISSION))(
    "is listened to as documented in %s",
    async (_, runtime) => {
      const example = exampleCode("new WsFeedConnector({ WebSocket: globalThis.WebSocket })", PAGE);
      const listening = openProject({ "first.ts": example.replace("127.0.0.1:7400", `127.0.0.1:${simulator.port}`) });
      try {
        expect(await listening.run(runtime, "first.ts")).toMatch(/contract: ['"]O:/);
      } finally {
        listening.remove();
      }
    },
  );
});
