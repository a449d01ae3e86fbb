import { type CaptureSource, caughtUp, flowChannel, HYDRATION_COUNTERS, ReplayWorker, WsHydrator } from "strikewire";
import type { MemoryPorts } from "strikewire/memory";
import type { RedisPorts } from "strikewire/redis";

/** Replays and hydrates a recording, and reads everything back that is the same wherever this is run, as JSON. */
export async function outcomeOf(ports: MemoryPorts | RedisPorts, capture: CaptureSource): Promise<string> {
  const stop = new AbortController();
  const hydrating = new WsHydrator(ports, { owner: "hydrator" }).run(stop.signal);
  const replayed = await new ReplayWorker({ ...ports, capture }, { producer: "replay" }).run(stop.signal);
  await Promise.race([caughtUp(ports, 0, stop.signal), hydrating]);
  stop.abort();
  await hydrating;
  const streams = await ports.store.tradeStreams();
  const underlyings = [...new Set(streams.map(({ underlying }) => underlying))].sort();
  const counters = await ports.store.counters();
  const { totals } = await ports.store.checkpoint(0);
  const outcome = {
    replayed,
    counters: HYDRATION_COUNTERS.map((name) => [name, counters[name] ?? 0]),
    totals: totals.toSorted((one, other) => (one.contract < other.contract ? -1 : 1)),
    gaps: await ports.store.gaps(1_000),
    quarantine: await ports.store.quarantine(1_000),
    trades: await Promise.all(streams.map((stream) => ports.store.trades(stream, 100_000))),
    flow: await Promise.all(underlyings.map(async (name) => [flowChannel(name), await ports.snapshots.flow(name)])),
  };
  return JSON.stringify(outcome, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
