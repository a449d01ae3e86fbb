import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignShards, SHARD_SLACK } from "../../../src/domain/subscription/shards.ts";

/** Contracts as a chain has them: names that differ in few letters. */
function contracts(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const strike = String((4_000 + 5 * Math.trunc((from + index) / 2)) * 1_000).padStart(8, "0");
    return `O:SPXW251223${(from + index) % 2 === 0 ? "C" : "P"}${strike}`;
  });
}

function loads(assigned: ReadonlyMap<string, number>, shards: number): readonly number[] {
  const counts = Array.from({ length: shards }, () => 0);
  for (const shard of assigned.values()) counts[shard] = (counts[shard] ?? 0) + 1;
  return counts;
}

/** Those of both that are on another shard. */
function moved(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  return [...after].filter(([name, shard]) => before.has(name) && before.get(name) !== shard).length;
}

const sets = fc.uniqueArray(fc.string({ maxLength: 12 }), { maxLength: 200 });
const shardCounts = fc.integer({ min: 1, max: 12 });

describe("assignShards", () => {
  it("assigns every instrument once, within the even share and its slack, and within the capacity", () => {
    fc.assert(
      fc.property(sets, shardCounts, fc.option(fc.integer({ min: 0, max: 20 })), (names, shards, spare) => {
        const capacity = spare === null ? undefined : Math.ceil(names.length / shards) + spare;
        const assigned = assignShards(names, shards, capacity);
        expect([...assigned.keys()]).toEqual(names);
        const most = Math.ceil((names.length / shards) * (1 + SHARD_SLACK));
        for (const load of loads(assigned, shards)) {
          expect(load).toBeLessThanOrEqual(Math.min(most, capacity ?? most));
        }
        for (const shard of assigned.values())
          expect(Number.isInteger(shard) && shard >= 0 && shard < shards).toBe(true);
      }),
      { numRuns: 500, seed: 6 },
    );
  });

  it("depends on the set alone, not on its order or on repeats", () => {
    fc.assert(
      fc.property(sets, shardCounts, fc.boolean(), (names, shards, isFull) => {
        const capacity = isFull ? Math.ceil(names.length / shards) : undefined;
        const assigned = assignShards(names, shards, capacity);
        const again = assignShards([...names, ...names].reverse(), shards, capacity);
        expect(new Map([...again].sort())).toEqual(new Map([...assigned].sort()));
      }),
      { seed: 7 },
    );
  });

  it("fills every shard to the last place where it has to", () => {
    expect(loads(assignShards(contracts(4_000), 4, 1_000), 4)).toEqual([1_000, 1_000, 1_000, 1_000]);
  });

  it("gives the shards of a large set about the same", () => {
    for (const load of loads(assignShards(contracts(8_000), 8), 8)) {
      expect(load).toBeGreaterThan(880);
      expect(load).toBeLessThan(1_120);
    }
  });

  it.each([
    // Room to spare: nothing else moves. None: what leaves a place makes a short chain of moves.
    { count: 3_000, shards: 4, capacity: undefined, most: 0, mean: 0 },
    { count: 3_800, shards: 4, capacity: 1_000, most: 2, mean: 0.5 },
    { count: 4_000, shards: 4, capacity: 1_000, most: 6, mean: 2 },
    { count: 100, shards: 7, capacity: undefined, most: 7, mean: 1 },
    { count: 100, shards: 7, capacity: 15, most: 7, mean: 2 },
  ])("moves few others when one of $count leaves $shards shards of $capacity, or comes back", (given) => {
    const { count, shards, capacity, most, mean } = given;
    const all = contracts(count);
    const before = assignShards(all, shards, capacity);
    const leaving = all.filter((_, index) => index % Math.ceil(count / 60) === 0);
    const moves = leaving.map((name) => {
      const rest = all.filter((other) => other !== name);
      return moved(before, assignShards(rest, shards, capacity));
    });
    expect(Math.max(...moves)).toBeLessThanOrEqual(most);
    expect(moves.reduce((sum, each) => sum + each, 0) / moves.length).toBeLessThanOrEqual(mean);
  });

  it("moves few others whatever the names, the shards and the room", () => {
    fc.assert(
      fc.property(sets, fc.string(), shardCounts, fc.boolean(), (names, name, shards, isFull) => {
        fc.pre(names.length > 0 && !names.includes(name));
        const capacity = isFull ? Math.ceil((names.length + 1) / shards) : undefined;
        const before = assignShards(names, shards, capacity);
        const after = assignShards([...names, name], shards, capacity);
        expect(moved(before, after)).toBeLessThanOrEqual(3 * shards);
      }),
      { numRuns: 500, seed: 8 },
    );
  });

  it("moves to one more shard about what that one takes over", () => {
    const all = contracts(6_000);
    for (const shards of [1, 2, 5, 9]) {
      const share = moved(assignShards(all, shards), assignShards(all, shards + 1)) / all.length;
      expect(share).toBeGreaterThan(0.8 / (shards + 1));
      expect(share).toBeLessThan(1.2 / (shards + 1));
    }
  });

  it("says with numbers what does not fit", () => {
    const refused = (shards: number, capacity?: number) => () => assignShards(contracts(2_500), shards, capacity);
    expect(refused(2, 1_000)).toThrow(
      new RangeError("Cannot assign shards: 'instruments' must be at most 2000 (2 x 1000), current value is 2500"),
    );
    expect(refused(0)).toThrow("Cannot assign shards: 'shards' must be a whole number from 1, current value is 0");
    expect(refused(1.5)).toThrow(RangeError);
    expect(refused(1, -1)).toThrow(
      "Cannot assign shards: 'capacity' must be a whole number from 0, current value is -1",
    );
    expect(assignShards([], 3, 0)).toEqual(new Map());
  });
});
