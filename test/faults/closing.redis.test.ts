import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openPrintQuery } from "../../src/domain/hydration/open-print.ts";
import type { Lease } from "../../src/ports/hydration-store.ts";
import {
  sampleChainContract,
  sampleCompletion,
  sampleConnectionGauges,
  sampleContractId,
  sampleEpoch,
  sampleFlow,
  sampleFrames,
  sampleGrid,
  sampleHeartbeat,
  sampleModel,
  sampleModelAnalytics,
  sampleSourceGauges,
  sampleSpotFetch,
  sampleSpotValue,
  sampleStep,
  sampleTrade,
} from "../../src/testing/index.ts";
import { freePort, withClient } from "../support/redis/connection.ts";
import { type FaultPorts, openFaultPorts } from "../support/redis/fault-ports.ts";
import { type OwnRedis, startOwnRedis } from "../support/redis/test-redis.ts";
import { until } from "../support/until.ts";

const NEVER = new AbortController().signal;
const LEASE: Lease = { partition: 0, owner: "a", token: 1 };
const STREAM = { underlying: "SPX", expiration: "2025-12-23" };
const EPOCH = "SPX:1700000000:none";
const CONNECTION = { class: "options", shard: 0 } as const;
const CLOSED = { name: "ClosedError", code: "STRIKEWIRE_CLOSED" };

/** Every method of every client. */
const METHODS: Readonly<Record<string, (ports: FaultPorts) => Promise<unknown>>> = {
  "connection.ready": ({ connection }) => connection.ready(),
  "connection.command": ({ connection }) => connection.command("ask", "PING"),
  "connection.commands": ({ connection }) => connection.commands("ask", [["PING"]]),
  "connection.transaction": ({ connection }) => connection.transaction("ask", [["PING"]]),
  "connection.dial": ({ connection }) => connection.dial("ask", NEVER),
  "log.append": ({ log }) => log.append("p", 1, sampleFrames(1, 1)),
  "log.storedSeq": ({ log }) => log.storedSeq("p"),
  "log.connectionTail": ({ log }) => log.connectionTail(CONNECTION),
  "log.read": ({ log }) => log.read("0-0", 1, 600_000, NEVER),
  "log.countAfter": ({ log }) => log.countAfter("0-0"),
  "log.trim": ({ log }) => log.trim("0-0"),
  "store.acquire": ({ store }) => store.acquire(0, "a", 1_000),
  "store.renew": ({ store }) => store.renew(LEASE, 1_000),
  "store.release": ({ store }) => store.release(LEASE),
  "store.commit": ({ store }) => store.commit(LEASE, sampleStep("0-0", "1-1")),
  "store.checkpoint": ({ store }) => store.checkpoint(0),
  "store.cursors": ({ store }) => store.cursors(),
  "store.stateCursors": ({ store }) => store.stateCursors(),
  "store.counters": ({ store }) => store.counters(),
  "store.tradeStreams": ({ store }) => store.tradeStreams(),
  "store.trades": ({ store }) => store.trades(STREAM, 1),
  "store.findOpenPrint": ({ store }) => store.findOpenPrint(openPrintQuery(sampleTrade(), 0n, 1n), []),
  "store.gaps": ({ store }) => store.gaps(1),
  "store.quarantine": ({ store }) => store.quarantine(1),
  "snapshots.putFlow": ({ snapshots }) => snapshots.putFlow(sampleFlow()),
  "snapshots.putGrid": ({ snapshots }) => snapshots.putGrid(sampleGrid()),
  "snapshots.flow": ({ snapshots }) => snapshots.flow("SPX"),
  "snapshots.grid": ({ snapshots }) => snapshots.grid("SPX", "2025-12-23"),
  "substrate.mergeStreamed": ({ substrate }) => substrate.mergeStreamed(EPOCH, []),
  "substrate.mergeSnapshot": ({ substrate }) => substrate.mergeSnapshot(EPOCH, []),
  "substrate.records": ({ substrate }) => substrate.records(EPOCH),
  "substrate.hadStreamedUpdates": ({ substrate }) => substrate.hadStreamedUpdates(EPOCH),
  "epochs.active": ({ epochs }) => epochs.active("SPX"),
  "epochs.allActive": ({ epochs }) => epochs.allActive(),
  "epochs.meta": ({ epochs }) => epochs.meta(EPOCH),
  "epochs.stage": ({ epochs }) => epochs.stage(sampleEpoch(1_700_000_000_000, "closed")),
  "epochs.promote": ({ epochs }) => epochs.promote(null, EPOCH),
  "epochs.renew": ({ epochs }) => epochs.renew(EPOCH, 1),
  "epochs.timeline": ({ epochs }) => epochs.timeline("SPX"),
  "epochs.dirtyEpochs": ({ epochs }) => epochs.dirtyEpochs(),
  "epochs.takeDirty": ({ epochs }) => epochs.takeDirty(EPOCH, "a", 1),
  "epochs.settle": ({ epochs }) =>
    epochs.settle({ epoch: EPOCH, owner: "a", token: 1, previous: null, contracts: ["O:A"] }),
  "spot.put": ({ spot }) => spot.put("spot", 1, sampleSpotFetch([sampleSpotValue()])),
  "spot.fail": ({ spot }) => spot.fail("spot", 2),
  "spot.storedSeq": ({ spot }) => spot.storedSeq("spot"),
  "spot.latest": ({ spot }) => spot.latest("SPX"),
  "spot.all": ({ spot }) => spot.all(),
  "spot.trail": ({ spot }) => spot.trail("SPX"),
  "spot.analytics": ({ spot }) => spot.analytics(),
  "spot.fetches": ({ spot }) => spot.fetches("0-0", 1),
  "chain.putContracts": ({ chain }) => chain.putContracts([sampleChainContract()]),
  "chain.contracts": ({ chain }) => chain.contracts([sampleContractId()]),
  "chain.complete": ({ chain }) => chain.complete("chain/SPX", 1, sampleCompletion()),
  "chain.fail": ({ chain }) => chain.fail("chain/SPX", 2, "SPX"),
  "chain.storedSeq": ({ chain }) => chain.storedSeq("chain/SPX"),
  "chain.latest": ({ chain }) => chain.latest("SPX"),
  "chain.analytics": ({ chain }) => chain.analytics(),
  "chain.health": ({ chain }) => chain.health(),
  "chain.trail": ({ chain }) => chain.trail("staleness", "SPX"),
  "models.takeTicket": ({ models }) => models.takeTicket(),
  "models.put": ({ models }) => models.put("gex", "SPX", sampleModel()),
  "models.latest": ({ models }) => models.latest("gex", "SPX"),
  "models.putAnalytics": ({ models }) => models.putAnalytics("gex", "SPX", sampleModelAnalytics()),
  "models.analytics": ({ models }) => models.analytics("gex", "SPX"),
  "heartbeats.beat": ({ heartbeats }) => heartbeats.beat(sampleHeartbeat()),
  "heartbeats.all": ({ heartbeats }) => heartbeats.all(),
  "sourceStatus.record": ({ sourceStatus }) => sourceStatus.record("ws", 1, {}, sampleSourceGauges()),
  "sourceStatus.counters": ({ sourceStatus }) => sourceStatus.counters(),
  "sourceStatus.gauges": ({ sourceStatus }) => sourceStatus.gauges(),
  "sourceStatus.putConnection": ({ sourceStatus }) => sourceStatus.putConnection(CONNECTION, sampleConnectionGauges()),
  "sourceStatus.connectionGauges": ({ sourceStatus }) => sourceStatus.connectionGauges(CONNECTION),
  "sourceStatus.putSample": ({ sourceStatus }) => sourceStatus.putSample("[]"),
  "sourceStatus.sample": ({ sourceStatus }) => sourceStatus.sample(),
  "subscriptions.change": ({ subscriptions }) => subscriptions.change({ added: ["T.*"], removed: [] }),
  "subscriptions.wanted": ({ subscriptions }) => subscriptions.wanted(),
  "bus.publish": ({ bus }) => bus.publish("c", "m"),
  "bus.subscribe": ({ bus }) => bus.subscribe("c", () => undefined, NEVER),
};

let redis: OwnRedis;
beforeAll(async () => {
  redis = await startOwnRedis();
});
afterAll(() => redis.stop());

const ends: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function open(url: string): FaultPorts {
  const ports = openFaultPorts(url, { commandTimeoutMs: 300, connectTimeoutMs: 300 });
  ends.push(() => ports.close());
  return ports;
}

async function expectClosed(ports: FaultPorts): Promise<void> {
  for (const [name, call] of Object.entries(METHODS)) await expect(call(ports), name).rejects.toMatchObject(CLOSED);
}

describe("after close", () => {
  it("the table has every method of every client", () => {
    const ports = open(redis.url);
    const named = new Set(Object.keys(METHODS));
    for (const client of [
      "log",
      "store",
      "snapshots",
      "substrate",
      "epochs",
      "spot",
      "chain",
      "models",
      "heartbeats",
      "sourceStatus",
      "subscriptions",
      "bus",
    ] as const) {
      const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(ports[client])).filter((name) => {
        return name !== "constructor" && name !== "close";
      });
      expect(methods.length).toBeGreaterThan(1);
      for (const method of methods) expect([...named]).toContain(`${client}.${method}`);
    }
  });

  it("every method fails as closed, and closing again is nothing", async () => {
    const ports = open(redis.url);
    await ports.connection.ready();
    await ports.close();
    await ports.close();
    await expectClosed(ports);
    expect(ports.connection.state).toEqual({ kind: "closed" });
  });

  it("every method fails as closed while Redis is not there", async () => {
    const ports = open(`redis://127.0.0.1:${await freePort()}`);
    await until("an attempt has failed", () => {
      return ports.connection.state.kind === "connecting" && ports.connection.state.attempts > 0;
    });
    await ports.close();
    await expectClosed(ports);
  });

  it("of the connection alone every method of its clients fails as closed, and what waits ends", async () => {
    const ports = open(redis.url);
    await ports.connection.ready();
    await ports.bus.subscribe("c", () => undefined, NEVER);
    const outcome = ports.log.read("0-0", 1, 600_000, NEVER).catch((error: unknown) => error);
    await until("it waits", async () => {
      return String(await ports.connection.command("look", "CLIENT", "LIST")).includes("cmd=xread");
    });
    await ports.connection.close();
    expect(await outcome).toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    await until("nobody is connected", async () => {
      const clients = await withClient(redis.url, (client) => client.client("LIST"));
      return !String(clients).includes("name=strikewire");
    });
    for (const [name, call] of Object.entries(METHODS)) {
      // A subscriber waits for a connection until its bus is closed.
      if (name === "bus.subscribe") continue;
      await expect(call(ports), name).rejects.toMatchObject(CLOSED);
    }
  });

  it.each<[string, () => Promise<unknown>, readCode: string]>([
    ["there", async () => undefined, "STRIKEWIRE_CLOSED"],
    ["stuck", () => redis.pause(), "STRIKEWIRE_CLOSED"],
    // The loss of the link was told before.
    ["away", () => redis.kill(), "STRIKEWIRE_UNAVAILABLE"],
  ])("what waits ends on a Redis that is %s", async (where, happen, readCode) => {
    const ports = open(redis.url);
    await ports.connection.ready();
    const outcomes: Promise<unknown>[] = [];
    const outcomeOf = (promise: Promise<unknown>): void => {
      outcomes.push(
        promise.then(
          () => "done",
          (error: unknown) => error,
        ),
      );
    };
    await ports.bus.subscribe("c", () => undefined, NEVER);
    outcomeOf(ports.log.read("0-0", 1, 600_000, NEVER));
    await until("it waits", async () => {
      return String(await ports.connection.command("look", "CLIENT", "LIST")).includes("cmd=xread");
    });
    await happen();
    if (where === "away") await outcomes[0];
    if (where !== "there") outcomeOf(ports.bus.subscribe("d", () => undefined, NEVER));
    await ports.close();
    const [read, ...subscribed] = await Promise.all(outcomes);
    expect(read).toMatchObject({ code: readCode });
    for (const outcome of subscribed) expect(outcome).toMatchObject(CLOSED);
    await expectClosed(ports);
    await redis.restart();
  });
});

describe("a process that has closed its Redis", () => {
  const PROGRAM = fileURLToPath(new URL("../support/redis/closing-process.ts", import.meta.url));

  /** Runs the program, does something to the server while it works, has it close, and tells how it ended. */
  async function run(url: string, disturb: () => Promise<unknown>) {
    const child = spawn(process.execPath, [PROGRAM, url, "closing:"], { stdio: ["pipe", "pipe", "pipe"] });
    ends.push(async () => void child.kill("SIGKILL"));
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const exited = once(child, "close");
    await until("it works", () => output.includes("working"));
    await disturb();
    child.stdin.write("close\n");
    const [code] = await exited;
    return { code, output };
  }
  const ENDED = { code: 0, output: "working\nclosed\n" };

  it("ends by itself", async () => {
    expect(await run(redis.url, async () => undefined)).toEqual(ENDED);
  });

  it("ends by itself while Redis is not there, and where it never was", async () => {
    expect(await run(redis.url, () => redis.kill())).toEqual(ENDED);
    await redis.restart();
    expect(await run(`redis://127.0.0.1:${await freePort()}`, async () => undefined)).toEqual(ENDED);
  });

  it("ends by itself while Redis is stuck", async () => {
    expect(await run(redis.url, () => redis.pause())).toEqual(ENDED);
    await redis.resume();
  });
});
