import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RedisKeys } from "../../src/adapters/redis/keys.ts";
import { captureDrafts, outcomeIn, undisturbed } from "../support/capture-drafts.ts";
import { type FaultPorts, openFaultPorts, runHydrator, untilHydrated } from "../support/redis/fault-ports.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";

const drafts = captureDrafts().slice(0, 600);
const GROUP = "ws_hydrator";

let keyspace: Keyspace;
let plain: Redis;
let ports: FaultPorts;
let stream: string;
beforeEach(async () => {
  keyspace = openKeyspace();
  plain = new Redis(keyspace.url);
  stream = new RedisKeys(keyspace.prefix).of("rawStream");
  ports = openFaultPorts(keyspace.url, { keyPrefix: keyspace.prefix });
  await ports.connection.ready();
});
afterEach(async () => {
  await ports.close();
  plain.disconnect();
  await keyspace.clear();
});

/** What anybody sees of the group. */
async function group(): Promise<Readonly<Record<string, unknown>>> {
  const [flat = []] = (await plain.xinfo("GROUPS", stream)) as unknown[][];
  const pairs = Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index], flat[2 * index + 1]]);
  const fields: Record<string, unknown> = Object.fromEntries(pairs);
  return { id: fields["last-delivered-id"], read: fields["entries-read"], lag: fields["lag"] };
}

async function hydrate(): Promise<void> {
  const hydrating = runHydrator(ports);
  await untilHydrated(ports);
  await hydrating.stop();
}

const append = (from: number, to: number): Promise<unknown> => ports.log.append("p", from + 1, drafts.slice(from, to));

describe("the public consumer group", () => {
  it("tells how many entries are not hydrated yet", async () => {
    await append(0, 100);
    await hydrate();
    const [cursor] = [...(await ports.store.cursors()).values()];
    expect(await group()).toEqual({ id: cursor, read: 100, lag: 0 });
    await append(100, 150);
    expect(await group()).toEqual({ id: cursor, read: 100, lag: 50 });
  });

  const nothing = (): Promise<unknown> => Promise.resolve();
  const made = (from: string) => (): Promise<unknown> => plain.xgroup("CREATE", stream, GROUP, from);
  const read = async (): Promise<void> => {
    await plain.xgroup("CREATE", stream, GROUP, "0");
    await plain.xreadgroup("GROUP", GROUP, "somebody", "COUNT", 120, "STREAMS", stream, ">");
  };

  it.each<[string, () => Promise<unknown>]>([
    ["destroyed", nothing],
    ["made anew from the start", made("0")],
    ["made anew at the end", made("$")],
    ["made anew and read by somebody", read],
  ])("%s does not touch hydration, and is right again with the next commit", async (_, remake) => {
    await append(0, 200);
    await hydrate();
    await plain.xgroup("DESTROY", stream, GROUP);
    await append(200, 300);
    await remake();
    await append(300, 400);
    await hydrate();
    const [cursor] = [...(await ports.store.cursors()).values()];
    expect(await group()).toEqual({ id: cursor, read: 400, lag: 0 });
    await append(400, drafts.length);
    expect(await group()).toEqual({ id: cursor, read: 400, lag: drafts.length - 400 });
    await hydrate();
    expect(await group()).toMatchObject({ read: drafts.length, lag: 0 });
    expect(await outcomeIn(ports)).toEqual(await undisturbed(drafts));
  });

  it("destroyed and made anew while the hydrator works does not touch hydration", async () => {
    const hydrating = runHydrator(ports, { readEntries: 16, batchEntries: 2 });
    for (let from = 0; from < drafts.length; from += 50) {
      await append(from, from + 50);
      await plain.xgroup("DESTROY", stream, GROUP);
      if (from % 100 === 0) await plain.xgroup("CREATE", stream, GROUP, "$").catch(() => undefined);
    }
    await untilHydrated(ports);
    await plain.xgroup("DESTROY", stream, GROUP);
    await ports.log.append("q", 1, drafts.slice(0, 1));
    await untilHydrated(ports);
    expect(await group()).toMatchObject({ read: drafts.length + 1, lag: 0 });
    await hydrating.stop();
    expect(await outcomeIn(ports)).toEqual(await undisturbed([...drafts, ...drafts.slice(0, 1)]));
  });
});
