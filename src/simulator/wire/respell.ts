import type { Random } from "../../domain/random.ts";

/** Fields whose values are whole numbers that a sender may spell with a fraction. */
const SIZE_FIELDS: ReadonlySet<string> = new Set(["s", "bs", "as"]);

/**
 * The same event in another spelling that JSON allows and the provider does not rule out: the fields after `ev` in
 * another order, half of the sizes as `12.0`.
 *
 * @param text one event as `encodeEvent` writes it.
 */
export function respell(text: string, random: Random): string {
  const [first, ...rest] = Object.entries(JSON.parse(text) as Record<string, unknown>);
  if (first === undefined) return text;
  for (let left = rest.length; left > 1; left--) {
    const place = random.int(left);
    const last = rest[left - 1];
    const drawn = rest[place];
    if (last === undefined || drawn === undefined) continue;
    rest[place] = last;
    rest[left - 1] = drawn;
  }
  const fields = [first, ...rest].map(([name, value]) => {
    const decimal = SIZE_FIELDS.has(name) && Number.isInteger(value) && random.next() < 0.5;
    return `${JSON.stringify(name)}:${JSON.stringify(value)}${decimal ? ".0" : ""}`;
  });
  return `{${fields.join()}}`;
}
