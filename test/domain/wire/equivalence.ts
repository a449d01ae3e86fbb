import fc from "fast-check";
import { OptionContractCache } from "../../../src/domain/instrument/option-contract-cache.ts";
import { frameContext, type ParseContext, parsePayload } from "../../../src/domain/wire/parse-payload.ts";
import { parseReference } from "../../../src/domain/wire/reference-parser.ts";
import type { scanFrame } from "../../../src/domain/wire/scanner.ts";
import { RECEIVED_AT_MS } from "./frames.ts";

/** Anything that claims to answer what the reference parser answers, or to step aside. */
export type Scan = typeof scanFrame;

/** How many frames a scanner answered, and from how many it stepped aside. */
export interface Tally {
  answered: number;
  aside: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const contracts = new OptionContractCache();

const contextOf: fc.Arbitrary<ParseContext> = fc.constantFrom<ParseContext>(
  { contracts },
  { contracts, receivedAtMs: RECEIVED_AT_MS },
  { contracts, onInvalid: "quarantine" },
  { contracts, onInvalid: "quarantine", receivedAtMs: RECEIVED_AT_MS, maxFutureSkewMs: 0 },
);

/** Claims that `scan` answers like the reference parser wherever it answers, to text and to bytes. */
export function equivalence(
  scan: Scan,
  frames: fc.Arbitrary<string>,
  tally?: Tally,
): fc.IProperty<[string, ParseContext]> {
  return fc.property(frames, contextOf, (text, context) => {
    const difference = differenceFromReference(scan, text, context, tally);
    if (difference !== undefined) throw new Error(difference);
  });
}

/** Where the answers to one text differ; `undefined` where they agree, or `scan` steps aside. */
export function differenceFromReference(
  scan: Scan,
  text: string,
  context: ParseContext = {},
  tally: Tally = { answered: 0, aside: 0 },
): string | undefined {
  const frame = frameContext(context);
  const expected = parseReference(text, frame);
  const scanned = scan(text, frame);
  if (scanned === undefined) tally.aside += 1;
  else tally.answered += 1;

  const bytes = encoder.encode(text);
  const scannedBytes = scan(bytes, frame);
  // A lone surrogate does not survive the way through bytes.
  const expectedOfBytes = decoder.decode(bytes) === text ? expected : parseReference(decoder.decode(bytes), frame);
  return (
    (scanned && differenceOf(scanned, expected, "of text")) ??
    (scannedBytes && differenceOf(scannedBytes, expectedOfBytes, "of bytes")) ??
    differenceOf(parsePayload(text, context), expected, "of payload") ??
    differenceOf(parsePayload(bytes, context), expectedOfBytes, "of payload bytes")
  );
}

/** The first place where two values differ, numbers compared to the bit. */
export function differenceOf(actual: unknown, expected: unknown, path: string): string | undefined {
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null) {
    return Object.is(actual, expected) ? undefined : `${path}: ${String(actual)} is not ${String(expected)}`;
  }
  const a = entriesOf(actual);
  const b = entriesOf(expected);
  const names = (entries: readonly (readonly [string, unknown])[]) => entries.map(([name]) => name).join();
  if (names(a) !== names(b)) return `${path}: fields ${names(a)} are not ${names(b)}`;
  for (const [index, [name, value]] of a.entries()) {
    const difference = differenceOf(value, b[index]?.[1], `${path}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function entriesOf(value: object): readonly (readonly [string, unknown])[] {
  if (value instanceof Map) return [...value].map(([key, item]) => [String(key), item] as const);
  const message = value instanceof Error ? [["message", value.message] as const] : [];
  return [...message, ...Object.entries(value)];
}
