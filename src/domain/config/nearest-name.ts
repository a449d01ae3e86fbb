// Longer names are compared by their beginnings: the work stays bounded, whatever somebody calls a variable.
const COMPARED_LENGTH = 100;

/**
 * The known name that is reached from `name` with the fewest letters added, left out or replaced; of several the first.
 *
 * @throws {RangeError} where no name is known.
 */
export function nearestName(name: string, known: readonly string[]): string {
  const [first] = known;
  if (first === undefined) throw new RangeError("Cannot find the nearest name: 'known' must not be empty");
  let nearest = first;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(name.slice(0, COMPARED_LENGTH), candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Levenshtein's distance, row by row. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
