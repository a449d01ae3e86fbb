import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findingsOf } from "../../src/cli/inspect/findings.ts";
import type { Inspection } from "../../src/cli/inspect/inspection.ts";
import { GAP_CAUSES } from "../../src/domain/stream/gap.ts";

const NOW_MS = 1_766_437_799_000;
type Told = Omit<Inspection, "findings">;

/** What the page for operators explains, `{…}` being anything. */
const EXPLAINED = [...readFileSync("docs/operating.md", "utf8").matchAll(/^\| `([^`]+)` \|/gm)].map(([, line = ""]) => {
  const fixed = line.split(/\{\w+\}/).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${fixed.join(".+")}$`);
});

/** A system in which all is well, and what is not. */
function found(not: Partial<{ [Part in keyof Told]: unknown }> = {}): readonly string[] {
  const well = {
    schema_version: 1,
    at_ms: NOW_MS,
    prefix: "",
    server: { maxmemory_policy: "noeviction", maxmemory_bytes: 1_000, memory_used_bytes: 900 },
    hydrators: [{ partition: "0", owner: "a", lag_entries: 10_000 }],
    connections: [
      { connection: "options/0", state: "streaming" },
      { connection: "options/1", state: null },
    ],
    gaps: {
      length: 2,
      last: [
        { cause: "eviction", to_ms: NOW_MS - 600_000 },
        { cause: "shed", to_ms: null },
      ],
    },
    chains: [
      { symbol: "SPX", last_health: "slow" },
      { symbol: "NDX", last_health: null },
    ],
    epochs: [{ symbol: "SPX", valid_left_ms: 1 }],
    models: [{ model: "gex", symbol: "SPX", left_ms: 50_000 }],
    heartbeats: [
      { worker: "spot", status: "ok" },
      { worker: "old", status: "stopped" },
    ],
    problems: [],
  };
  return findingsOf({ ...well, ...not } as unknown as Told);
}

describe("what an inspection finds", () => {
  it("is nothing where all is well", () => {
    expect(found()).toEqual([]);
  });

  it.each<[Partial<{ [Part in keyof Told]: unknown }>, string]>([
    [{ problems: [{ key: "epoch:active", problem: "holds another type" }] }, 'key "epoch:active" holds another type'],
    [
      { server: { maxmemory_policy: "allkeys-lru", maxmemory_bytes: 0, memory_used_bytes: 5 } },
      "Redis may evict keys: maxmemory-policy is allkeys-lru, it must be noeviction",
    ],
    [
      { server: { maxmemory_policy: "noeviction", maxmemory_bytes: 1_000, memory_used_bytes: 901 } },
      "Redis is 90 % full",
    ],
    [{ heartbeats: [{ worker: "spot", status: "silent", age_ms: 65_000 }] }, "worker spot is silent for 1 min 5 s"],
    [{ heartbeats: [{ worker: "spot", status: "silent", age_ms: null }] }, "worker spot is silent"],
    [{ heartbeats: [{ worker: "spot", status: "degraded", reason: "429" }] }, "worker spot is degraded: 429"],
    [{ heartbeats: [{ worker: "spot", status: "failed", reason: null }] }, "worker spot is failed"],
    [
      { hydrators: [{ partition: "0", owner: null, lag_entries: 1_234 }] },
      "nobody hydrates partition 0, and 1,234 entries wait",
    ],
    [
      { hydrators: [{ partition: "0", owner: "a", lag_entries: 10_001 }] },
      "the hydrator of partition 0 is 10,001 entries behind",
    ],
    [{ connections: [{ connection: "options/0", state: "backingOff" }] }, "connection options/0 is backingOff"],
    [{ epochs: [{ symbol: "SPX", valid_left_ms: -5_000 }] }, "the epoch of SPX is over for 5.0 s"],
    [{ chains: [{ symbol: "SPX", last_health: "empty" }] }, "the last chain of SPX was empty"],
    [{ models: [{ model: "gex", symbol: "SPX", left_ms: null }] }, "the gex of SPX is gone"],
    [
      {
        gaps: {
          length: 9,
          last: [
            { cause: "shed", to_ms: NOW_MS - 1 },
            { cause: "eviction", to_ms: NOW_MS - 599_999 },
          ],
        },
      },
      "at least 2 gaps in the last 10 min (eviction, shed)",
    ],
    [{ gaps: { length: 1, last: [{ cause: "shed", to_ms: NOW_MS }] } }, "1 gap in the last 10 min (shed)"],
  ])("is, of %j, one line, which the page for operators explains", (not, line) => {
    expect(found(not)).toEqual([line]);
    expect(EXPLAINED.filter((pattern) => pattern.test(line))).not.toEqual([]);
  });

  it("may be a gap of any cause, which the page for operators explains", () => {
    const page = readFileSync("docs/operating.md", "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("| gap "));
    expect(GAP_CAUSES.filter((cause) => !rows.some((row) => row.includes(`"${cause}"`)))).toEqual([]);
  });

  it("is nothing of a hydrator that ended with nothing left to do", () => {
    expect(found({ hydrators: [{ partition: "0", owner: null, lag_entries: 0 }] })).toEqual([]);
  });
});
