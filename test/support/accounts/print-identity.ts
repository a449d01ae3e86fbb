/** An object of a frame, as JSON has it. */
export type WireObject = Readonly<Record<string, unknown>>;

/** The objects of a frame; `undefined` where the text is no JSON array of objects. */
export function objectsOf(payload: string): readonly WireObject[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  return value.every((item) => typeof item === "object" && item !== null) ? (value as WireObject[]) : undefined;
}

/** What tells a print of an option from any other that is not its equal; `undefined` for an object that is none. */
export function identityOnWire({ ev, sym, t, q, p, s, x, c }: WireObject): string | undefined {
  if (ev !== "T" || typeof sym !== "string" || !sym.startsWith("O:")) return undefined;
  return identity(sym, [t, q, p, s, x], c);
}

/** Identities of the prints in a frame; none where it is no whole one. */
export function printsIn(payload: string): readonly string[] {
  return (objectsOf(payload) ?? []).flatMap((object) => identityOnWire(object) ?? []);
}

/** The identity of a print from the fields of an entry of a trade stream. */
export function identityInStream(fields: Readonly<Record<string, string>>): string {
  const { sym = "", t, q, p, s, x, c } = fields;
  return identity(sym, [t, q, p, s, x], c === undefined ? undefined : JSON.parse(c));
}

function identity(sym: string, numbers: readonly unknown[], conditions: unknown): string {
  const texts = numbers.map((value) => (value === undefined ? "" : String(Number(value))));
  return `${sym} ${texts.join(" ")} ${conditions === undefined ? "" : `[${String(conditions)}]`}`;
}
