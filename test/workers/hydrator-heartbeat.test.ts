import { describe, expect, it } from "vitest";
import { StoreFullError, UnavailableError } from "../../src/domain/errors.ts";
import { Heart } from "../../src/workers/heartbeat.ts";
import { WsHydrator, type WsHydratorPorts } from "../../src/workers/hydrator/ws-hydrator.ts";
import { EntryWriter, SAMPLE_MS, tradeEvent } from "../support/entries.ts";
import { appendAtReceipt, hydrated, type MemoryPipeline, memoryPipeline } from "../support/pipeline.ts";

const CONFIG = { heartbeatIntervalSec: 5, heartbeatTtlSec: 15 };

function hydrator(pipeline: MemoryPipeline, owner: string, worker: string, change: Partial<WsHydratorPorts> = {}) {
  const ports = pipeline.open();
  const heart = new Heart({ worker, host: "host-1", pid: 1 }, CONFIG, ports);
  const stop = new AbortController();
  const running = new WsHydrator({ ...ports, heart, ...change }, { owner, leaseMs: 1_000 }).run(stop.signal);
  running.catch(() => {});
  return { heart, stop, running };
}

const beatOf = async ({ ports }: MemoryPipeline, worker: string) =>
  (await ports.heartbeats.all()).find((beat) => beat.worker === worker);

describe("the heart of a hydrator", () => {
  it("is ok while it hydrates, with its owner, its cursor and its lag", async () => {
    const pipeline = memoryPipeline();
    const { stop, running } = hydrator(pipeline, "a", "hydrator/0");
    await appendAtReceipt(pipeline, new EntryWriter().frame(SAMPLE_MS, [tradeEvent(SAMPLE_MS - 5)]).drafts);
    await hydrated(pipeline);
    await pipeline.clock.advance(6_000);
    const cursor = (await pipeline.ports.store.cursors()).get(0);
    expect(await beatOf(pipeline, "hydrator/0")).toMatchObject({
      ...{ status: "ok", reason: null, detail: { role: "owner", owner: "a", cursor, lag_ms: 0 } },
    });
    stop.abort();
    await pipeline.clock.advance(1_000);
    await running;
    expect(await beatOf(pipeline, "hydrator/0")).toMatchObject({ status: "ok", detail: { stopped: true } });
  });

  it("tells that it stands by and for whom, and that it has taken over", async () => {
    const pipeline = memoryPipeline();
    const first = hydrator(pipeline, "a", "hydrator/0");
    await pipeline.clock.advance(100);
    const second = hydrator(pipeline, "b", "hydrator/0/b");
    await pipeline.clock.advance(6_000);
    expect((await beatOf(pipeline, "hydrator/0/b"))?.detail).toMatchObject({ role: "standby", owner: "a" });
    first.stop.abort();
    await pipeline.clock.advance(6_000);
    await first.running;
    expect((await beatOf(pipeline, "hydrator/0/b"))?.detail).toMatchObject({ role: "owner", owner: "b" });
    second.stop.abort();
    await pipeline.clock.advance(1_000);
    await second.running;
  });

  it.each([
    ["reading", "read", new UnavailableError("Cannot read the raw log: it is away")],
    ["committing", "commit", new StoreFullError("Cannot commit a step: there must be room")],
  ] as const)("is degraded while %s fails, and ok again behind it", async (_, method, error) => {
    const pipeline = memoryPipeline();
    const ports = pipeline.open();
    let isAway = false;
    const away = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get(target, name) {
          if (name === method && isAway) return () => Promise.reject(error);
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    const change = { log: away(ports.log), store: away(ports.store) };
    const { heart, stop, running } = hydrator(pipeline, "a", "hydrator/0", change);
    await pipeline.clock.advance(500);
    expect(heart.status).toBe("ok");
    isAway = true;
    await appendAtReceipt(pipeline, new EntryWriter().frame(SAMPLE_MS, [tradeEvent(SAMPLE_MS - 5)]).drafts);
    await pipeline.clock.advance(20_000);
    expect(heart.status).toBe("degraded");
    expect((await beatOf(pipeline, "hydrator/0"))?.reason).toBe(error.message);
    isAway = false;
    await pipeline.clock.advance(5_000);
    expect(heart.status).toBe("ok");
    stop.abort();
    await pipeline.clock.advance(1_000);
    await running;
  });

  it("fails with what the hydrator fails with", async () => {
    const pipeline = memoryPipeline();
    const ports = pipeline.open();
    await ports.log.close();
    const { running } = hydrator(pipeline, "a", "hydrator/0", { log: ports.log });
    await pipeline.clock.advance(1_000);
    await expect(running).rejects.toMatchObject({ code: "STRIKEWIRE_CLOSED" });
    expect(await beatOf(pipeline, "hydrator/0")).toMatchObject({ status: "failed", reason: expect.any(String) });
  });
});
