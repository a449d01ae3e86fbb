import { describe, expect, it } from "vitest";
import type { ConnectionGauges } from "../../../src/domain/context/source-status.ts";
import { sampleConnectionGauges } from "../../../src/testing/index.ts";
import { Heart } from "../../../src/workers/heartbeat.ts";
import { beatAsSource, sourceVitals } from "../../../src/workers/source/source-heartbeat.ts";
import { MemorySource } from "../../support/source.ts";

/** A source that runs, with a heart beside it. */
function beating(source: MemorySource) {
  const { clock, ports, logger } = source;
  const config = { heartbeatIntervalSec: 5, heartbeatTtlSec: 15 };
  const heart = new Heart({ worker: "ws", host: "host-1", pid: 1 }, config, { ...ports, logger });
  const stop = new AbortController();
  let failure: unknown;
  source.ingest();
  void source.ended?.then((error) => {
    failure = error;
    stop.abort();
  });
  const ended = beatAsSource({ heart, clock }, source.manager.workers, () => failure, stop.signal);
  return { heart, ended };
}

const beatOf = async ({ ports }: MemorySource) => (await ports.heartbeats.all())[0];

describe("the heart of a source", () => {
  it("is degraded until its connections stream, and ok then", async () => {
    const source = new MemorySource();
    const { heart, ended } = beating(source);
    expect(sourceVitals(source.manager.workers).trouble).toMatch(/^options\/0 is (idle|connecting)$/);
    const peer = await source.connected();
    await source.trade(peer);
    await source.clock.advance(6_000);
    expect(heart.status).toBe("ok");
    expect(await beatOf(source)).toMatchObject({
      ...{ worker: "ws", status: "ok", reason: null },
      detail: { connections: 1, streaming: 1, subs_active: 1, last_ts: expect.any(Number) },
    });
    await source.finish();
    await ended;
    expect(await beatOf(source)).toMatchObject({ status: "ok", detail: { stopped: true } });
  });

  it("is degraded while the link is down, and ok when it is back", async () => {
    const source = new MemorySource();
    const { heart, ended } = beating(source);
    const peer = await source.connected();
    await source.clock.advance(1_000);
    source.feed.refuse(undefined, 2);
    peer.close(1012, "restart");
    await source.clock.advance(500);
    expect(await beatOf(source)).toMatchObject({
      ...{ status: "degraded", reason: "options/0 is backingOff: closed with code 1012" },
      detail: { connections: 1, streaming: 0 },
    });
    await source.clock.advance(20_000);
    expect(heart.status).toBe("ok");
    await source.finish();
    await ended;
  });

  it("says that another process has the slot", async () => {
    const source = new MemorySource();
    const { ended } = beating(source);
    const peer = await source.connected();
    await source.clock.advance(1_000);
    peer.send('[{"ev":"status","status":"max_connections","message":"Maximum number of connections exceeded."}]');
    peer.close(1008, "");
    await source.clock.advance(1_000);
    expect(await beatOf(source)).toMatchObject({
      ...{ status: "degraded", reason: "options/0 is backingOff: another process of this account holds its slot" },
    });
    await source.finish();
    await ended;
  });

  it("fails with the refusal of its key", async () => {
    const source = new MemorySource({ provider: { acceptsKey: () => false } });
    const { ended } = beating(source);
    await source.clock.advance(1_000);
    await ended;
    expect(await beatOf(source)).toMatchObject({
      ...{ status: "failed", reason: expect.stringMatching(/^Cannot authenticate for options/) },
    });
  });

  it("tells of several connections what is wrong with each, and the worst of their figures", () => {
    const connection = (name: string, phase: "streaming" | "authenticating", gauges: Partial<ConnectionGauges>) => {
      return { name, phase, gauges: () => sampleConnectionGauges(gauges) };
    };
    const connections = [
      connection("options/0", "streaming", { lag_ms: 12, last_ts: 5, subs_active: 3 }),
      connection("options/1", "authenticating", { lag_ms: null, last_ts: null, subs_active: 0, last_status: null }),
      connection("stocks/0", "streaming", { lag_ms: 40, last_ts: 7, subs_active: 4 }),
    ];
    const { trouble, detail } = sourceVitals(connections);
    expect(trouble).toMatch(/^options\/1 is authenticating/);
    expect(detail).toEqual({ connections: 3, streaming: 2, subs_active: 7, last_ts: 7, lag_ms: 40 });
  });

  it("is nobody's where there is none", async () => {
    const source = new MemorySource();
    const never = (): undefined => undefined;
    await beatAsSource({ clock: source.clock }, source.manager.workers, never, AbortSignal.abort());
    expect(await beatOf(source)).toBeUndefined();
  });
});
