import type { Random } from "../../domain/random.ts";
import type { Fault, FaultKind } from "./fault.ts";

/** Kinds that a client survives by itself, without a minute of cooling down. */
export const SURVIVABLE_FAULTS: readonly FaultKind[] = Object.freeze([
  "refuse",
  "cut",
  "close",
  "stall",
  "slow",
  "garbage",
  "duplicate",
  "forceDisconnect",
  "slowConsumer",
  "restart",
] as const);

/** How each kind comes about by chance: what lasts, lasts a few seconds. */
// Only kinds of the sockets come unless those of requests are asked for by name.
const DRAWS: Readonly<Record<FaultKind, (random: Random) => Fault>> = {
  refuse: (random) => ({ kind: "refuse", forMs: draw(random, 500, 3_000), how: random.next() < 0.5 ? "drop" : "http" }),
  cut: () => ({ kind: "cut" }),
  close: (random) => ({ kind: "close", code: [1001, 1008, 1011, 1012][random.int(4)] }),
  stall: (random) => ({
    kind: "stall",
    forMs: draw(random, 500, 4_000),
    pings: random.next() < 0.5 ? "answered" : "unanswered",
    backlog: "sent",
  }),
  slow: (random) => ({ kind: "slow", forMs: draw(random, 500, 4_000), bytesPerSecond: draw(random, 20_000, 200_000) }),
  garbage: (random) => ({
    kind: "garbage",
    form: random.next() < 0.5 ? "notJson" : "truncated",
    frames: 1 + random.int(3),
  }),
  duplicate: (random) => ({ kind: "duplicate", frames: 1 + random.int(5) }),
  rejectKeys: (random) => ({ kind: "rejectKeys", forMs: draw(random, 500, 3_000) }),
  noWebsocket: (random) => ({ kind: "noWebsocket", forMs: draw(random, 500, 3_000) }),
  withdraw: (random) => ({ kind: "withdraw", channels: ["Q"], forMs: draw(random, 500, 5_000) }),
  evict: () => ({ kind: "evict" }),
  forceDisconnect: () => ({ kind: "forceDisconnect" }),
  slowConsumer: () => ({ kind: "slowConsumer" }),
  restart: (random) => ({ kind: "restart", downMs: draw(random, 100, 2_000) }),
  skew: (random) => ({ kind: "skew", ms: draw(random, -2_000, 2_000), forMs: draw(random, 500, 5_000) }),
  restDelay: (random) => ({ kind: "restDelay", ms: draw(random, 100, 3_000), requests: 1 + random.int(10) }),
  restStatus: (random) => {
    const status = [429, 500, 502, 503, 504][random.int(5)] ?? 503;
    return {
      kind: "restStatus",
      status,
      requests: 1 + random.int(5),
      ...(random.next() < 0.5 ? { retryAfterSec: 1 } : {}),
    };
  },
  restCut: (random) => ({ kind: "restCut", share: random.next(), requests: 1 + random.int(3) }),
  restBody: (random) => ({
    kind: "restBody",
    form: (["html", "empty", "truncated"] as const)[random.int(3)],
    requests: 1 + random.int(3),
  }),
  restNextUrl: (random) => ({
    kind: "restNextUrl",
    form: (["loop", "foreign", "emptyPages"] as const)[random.int(3)] ?? "loop",
    requests: 1 + random.int(10),
  }),
  restStale: (random) => ({ kind: "restStale", ageMs: draw(random, 1_000, 600_000), forMs: draw(random, 500, 10_000) }),
  restMissing: (random) => ({
    kind: "restMissing",
    fields: [["greeks", "last_quote", "last_trade", "day", "underlying_asset"][random.int(5)] ?? "greeks"],
    forMs: draw(random, 500, 10_000),
  }),
  restPartial: (random) => ({ kind: "restPartial", forMs: draw(random, 500, 10_000) }),
  restEmpty: (random) => ({ kind: "restEmpty", forMs: draw(random, 500, 10_000) }),
  restCollapsed: (random) => ({ kind: "restCollapsed", forMs: draw(random, 500, 10_000) }),
  restOutside: (random) => ({ kind: "restOutside", requests: 1 + random.int(10) }),
  restDuplicates: (random) => ({ kind: "restDuplicates", requests: 1 + random.int(10) }),
  restOpenInterest: (random) => ({ kind: "restOpenInterest", forMs: draw(random, 500, 10_000) }),
};

/** Draws a fault of one of these kinds. */
export function drawFault(kinds: readonly FaultKind[], random: Random): Fault {
  return DRAWS[kinds[random.int(kinds.length)] ?? "cut"](random);
}

function draw(random: Random, least: number, most: number): number {
  return Math.round(least + (most - least) * random.next());
}
