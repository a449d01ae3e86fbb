/**
 * How far two selections of instruments, such as the busiest before and after, are from one another, by members alone:
 * `1 - |A and B| / |A or B|`, 0 for equal sets, 1 for sets with nothing in common, 0 for two empty ones.
 *
 * @example
 * ```ts
 * jaccardDistance(["a", "b", "c", "d"], ["b", "a", "c", "e"]); // 0.4
 * ```
 */
export function jaccardDistance(one: Iterable<string>, other: Iterable<string>): number {
  const [first, second] = [new Set(one), new Set(other)];
  const union = new Set([...first, ...second]).size;
  return union === 0 ? 0 : 1 - (first.size + second.size - union) / union;
}

/**
 * How alike two rankings of one length are, the best first: 1 for equal ones, 0 for such with nothing in common. The first
 * places count most, each `persistence` times the one before; what stands behind the end is taken to agree as far as what
 * stands before it. Webber, Moffat and Zobel, "A similarity measure for indefinite rankings", 2010, equation 32.
 *
 * @param persistence above 0 and below 1: 0.9 gives the first ten places 86 % of the weight.
 * @throws {RangeError} for another persistence, rankings of two lengths, and one that names something twice.
 * @example
 * ```ts
 * rankBiasedOverlap(["a", "b", "c", "d"], ["b", "a", "c", "e"]); // 0.71775
 * ```
 */
export function rankBiasedOverlap(one: readonly string[], other: readonly string[], persistence: number = 0.9): number {
  if (!(persistence > 0 && persistence < 1)) {
    throw refusal("'persistence' must be above 0 and below 1", persistence);
  }
  if (one.length !== other.length) throw refusal(`both must have ${one.length} places`, other.length);
  for (const ranking of [one, other]) {
    if (new Set(ranking).size < ranking.length) throw refusal("each must name everything once", ranking.join());
  }
  const depth = one.length;
  if (depth === 0) return 1;
  const [first, second] = [new Set<string>(), new Set<string>()];
  let [common, weight, sum] = [0, 1, 0];
  for (let place = 0; place < depth; place++) {
    const [a, b] = [one[place] ?? "", other[place] ?? ""];
    first.add(a);
    second.add(b);
    if (a === b) common += 1;
    else common += (second.has(a) ? 1 : 0) + (first.has(b) ? 1 : 0);
    weight *= persistence;
    sum += (common / (place + 1)) * weight;
  }
  return (common / depth) * weight + ((1 - persistence) / persistence) * sum;
}

function refusal(required: string, value: unknown): RangeError {
  return new RangeError(`Cannot compare rankings: ${required}, current value is ${String(value)}`);
}
