/** How far a shard may be above its even share. */
export const SHARD_SLACK = 0.25;

interface Candidate {
  readonly instrument: string;
  readonly hash: number;
  /** Shards in the order in which the instrument prefers them; made when the first one has no room. */
  order: readonly number[] | undefined;
  /** How many of them had no room. */
  refused: number;
}

interface Claim {
  readonly candidate: Candidate;
  readonly weight: number;
}

/**
 * Assigns instruments to shards by rendezvous hashing with bounded load: an instrument goes to the shard with which it has
 * the highest weight, unless that one is full of instruments with higher weights; then to the next.
 *
 * A shard holds at most `ceil(instruments / shards * (1 + SHARD_SLACK))` instruments and never more than `capacity`. The
 * assignment depends on the set of instruments alone, not on their order or on what was assigned before. One more or one
 * less moves few others, one more shard moves about the share that it takes over. Where `capacity` leaves no room to spare,
 * the moves become more.
 *
 * @param instruments repeats count once.
 * @param shards a whole number from 1.
 * @param capacity instruments that one shard can hold; a whole number from 0. @default no limit
 * @returns the shard of each instrument, from 0, in the order of `instruments`.
 * @throws {RangeError} for `shards` or a `capacity` that is none, and where the instruments do not fit.
 */
export function assignShards(instruments: Iterable<string>, shards: number, capacity?: number): Map<string, number> {
  if (!Number.isSafeInteger(shards) || shards < 1) {
    throw new RangeError(`Cannot assign shards: 'shards' must be a whole number from 1, current value is ${shards}`);
  }
  if (capacity !== undefined && !(Number.isSafeInteger(capacity) && capacity >= 0)) {
    throw new RangeError(
      `Cannot assign shards: 'capacity' must be a whole number from 0, current value is ${capacity}`,
    );
  }
  const names = new Set(instruments);
  if (capacity !== undefined && names.size > shards * capacity) {
    throw new RangeError(
      `Cannot assign shards: 'instruments' must be at most ${shards * capacity} (${shards} x ${capacity}), current value is ${names.size}`,
    );
  }
  const most = Math.min(capacity ?? Number.POSITIVE_INFINITY, Math.ceil((names.size / shards) * (1 + SHARD_SLACK)));
  const held = settle([...names], shards, most);
  const assigned = new Map<string, number>();
  for (const name of names) assigned.set(name, 0);
  for (const [shard, claims] of held.entries()) {
    for (const { candidate } of claims) assigned.set(candidate.instrument, shard);
  }
  return assigned;
}

/**
 * Deferred acceptance (Gale and Shapley, 1962): all apply to the shard that they prefer, each shard keeps those with the
 * highest weights, the others apply to their next one. The outcome does not depend on who applies first.
 */
function settle(instruments: readonly string[], shards: number, most: number): readonly (readonly Claim[])[] {
  const held: Claim[][] = Array.from({ length: shards }, () => []);
  let applicants: Candidate[] = instruments.map((instrument) => {
    return { instrument, hash: hashOf(instrument), order: undefined, refused: 0 };
  });
  while (applicants.length > 0) {
    const touched = new Set<number>();
    for (const candidate of applicants) {
      const shard = preferredShard(candidate, shards);
      held[shard]?.push({ candidate, weight: weightOf(candidate.hash, shard) });
      touched.add(shard);
    }
    applicants = [];
    for (const shard of touched) {
      const claims = held[shard] ?? [];
      if (claims.length <= most) continue;
      claims.sort(byWeight);
      for (const { candidate } of claims.splice(most)) {
        candidate.refused += 1;
        applicants.push(candidate);
      }
    }
  }
  return held;
}

function preferredShard(candidate: Candidate, shards: number): number {
  if (candidate.refused === 0) {
    let best = 0;
    let highest = -1;
    for (let shard = 0; shard < shards; shard++) {
      const weight = weightOf(candidate.hash, shard);
      if (weight > highest) {
        highest = weight;
        best = shard;
      }
    }
    return best;
  }
  candidate.order ??= Array.from({ length: shards }, (_, shard) => shard).sort((one, other) => {
    return weightOf(candidate.hash, other) - weightOf(candidate.hash, one) || one - other;
  });
  return candidate.order[candidate.refused] ?? 0;
}

function byWeight(one: Claim, other: Claim): number {
  if (one.weight !== other.weight) return other.weight - one.weight;
  return one.candidate.instrument < other.candidate.instrument ? -1 : 1;
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  return hash >>> 0;
}

/** Uniform in 0..2^32 - 1 over shards as over instruments: the finalizer of MurmurHash3. */
function weightOf(hash: number, shard: number): number {
  let mixed = hash ^ Math.imul(shard + 1, 0x9e37_79b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
