import type { TradeSide } from "../../domain/flow/print-side.ts";
import { QUOTE_SOURCES } from "../../domain/flow/quote-source.ts";
import { TRADE_FLAGS, type TradeRecord, type TradeStreamId } from "../../domain/hydration/effects.ts";
import { parseOptionTicker } from "../../domain/instrument/option-symbol.ts";
import { FieldError, readWord } from "../../domain/stream/raw-fields.ts";
import { msOfSecondsText, secondsText } from "../../domain/stream/receipt-seconds.ts";
import { eventMsText, readDecimal, readEventMs, readInteger, readNs } from "./field-text.ts";
import type { PackWriter } from "./pack-writer.ts";
import { fieldsOf, type StreamEntry } from "./raw-entry-coding.ts";
import { valueError } from "./reply-errors.ts";

const SIDES = ["B", "S", "U"] as const;

/**
 * Writes prints as `COMMIT_STEP` takes them. What many of them have in common is told once and named by its place, since
 * what the server reads costs it more than most of what it does: the *moment* of a print is its event time and its receipt,
 * mostly that of the print before; its *tail* is its conditions and flags, and what a cancel cancels; its *side* is often
 * that of many, since few are held against a quote of their own.
 */
export class TradeWriter {
  /** Two texts of each: t, and ts or "". */
  readonly moments: string[] = [];
  /** Of each field, value, …. */
  readonly tails: (readonly string[])[] = [];
  readonly sides: string[] = [];
  readonly #tailPlaces = new Map<number | string, number>();
  readonly #sidePlaces = new Map<string, SidesOfMethod[]>();
  #tradeTsNs: bigint | undefined;
  #receivedAtMs: number | undefined;

  /** Nine values: sym, p, s, x, q, delta, or "" for one it has not, and the places of its side, moment and tail, from 1. */
  write(pack: PackWriter, record: TradeRecord): void {
    const { contract, price, size, exchange, sequence } = record.trade;
    pack.text(contract);
    pack.numberText(price);
    pack.numberText(size);
    writeNumber(pack, exchange);
    writeNumber(pack, sequence);
    writeNumber(pack, record.delta);
    pack.whole(this.#sideOf(record.side));
    pack.whole(this.#momentOf(record));
    pack.whole(this.#tailOf(record));
  }

  #sideOf({ side, method, confidence, quoteAgeMs, quoteSource }: TradeSide): number {
    let known = this.#sidePlaces.get(method);
    if (known === undefined) {
      known = [];
      this.#sidePlaces.set(method, known);
    }
    let sides: SidesOfMethod | undefined;
    for (const other of known) {
      if (other.side === side && other.confidence === confidence && other.quoteSource === quoteSource) sides = other;
    }
    if (sides === undefined) {
      sides = { side, confidence, quoteSource, byAge: new Map() };
      known.push(sides);
    }
    let place = sides.byAge.get(quoteAgeMs);
    if (place === undefined) {
      const text = `${side}/${method}/${confidence ?? ""}/${quoteAgeMs ?? ""}/${quoteSource ?? ""}`;
      place = this.sides.push(text);
      sides.byAge.set(quoteAgeMs, place);
    }
    return place;
  }

  #momentOf({ trade: { tradeTsNs, receivedAtMs } }: TradeRecord): number {
    if (tradeTsNs !== this.#tradeTsNs || receivedAtMs !== this.#receivedAtMs) {
      this.#tradeTsNs = tradeTsNs;
      this.#receivedAtMs = receivedAtMs;
      this.moments.push(eventMsText(tradeTsNs), receivedAtMs === undefined ? "" : secondsText(receivedAtMs));
    }
    return this.moments.length / 2;
  }

  #tailOf(record: TradeRecord): number {
    const key = tailKey(record);
    let place = this.#tailPlaces.get(key);
    if (place === undefined) {
      place = this.tails.push(tailOf(record));
      this.#tailPlaces.set(key, place);
    }
    return place;
  }
}

/** Places of sides that differ in nothing but the age of their quotes. */
interface SidesOfMethod extends Pick<TradeSide, "side" | "confidence" | "quoteSource"> {
  readonly byAge: Map<number | null, number>;
}

function writeNumber(pack: PackWriter, value: number | null | undefined): void {
  if (value === null || value === undefined) pack.text("");
  else pack.numberText(value);
}

/** What only equal tails have: a number for those of nearly all prints, which have one condition and no flags. */
function tailKey(record: TradeRecord): number | string {
  const { trade, flags, cancelsTsNs } = record;
  const condition = trade.conditions?.[0];
  const isPlain = trade.conditions?.length === 1 && flags.length === 0 && cancelsTsNs === undefined;
  return isPlain && condition !== undefined ? condition : tailOf(record).join();
}

function tailOf({ trade: { conditions }, flags, cancelsTsNs }: TradeRecord): readonly string[] {
  const tail = ["flags", flags.join(" ")];
  if (conditions !== undefined) tail.push("c", `[${conditions.join()}]`);
  if (cancelsTsNs !== undefined) tail.push("cancels_ns", String(cancelsTsNs));
  return tail;
}

/**
 * The print that a trade stream holds.
 *
 * @throws {StorageError} naming key and id, where it is none of ours.
 */
export function readTrade(action: string, key: string, stream: TradeStreamId, [id, flat]: StreamEntry): TradeRecord {
  const fields = fieldsOf(flat);
  try {
    const terms = parseOptionTicker(fields["sym"] ?? "");
    if (terms === undefined) throw new FieldError("sym", "an option ticker", fields["sym"]);
    const receivedAtMs = fields["ts"] === undefined ? undefined : msOfSecondsText(fields["ts"]);
    if (fields["ts"] !== undefined && receivedAtMs === undefined) {
      throw new FieldError("ts", "Unix seconds", fields["ts"]);
    }
    return {
      trade: {
        type: "optionTrade",
        contract: terms.ticker,
        root: terms.root,
        underlying: stream.underlying,
        expiration: stream.expiration,
        right: terms.right,
        strike: terms.strike,
        tradeTsNs: readEventMs("t", fields["t"]),
        price: readDecimal("p", fields["p"]),
        size: readDecimal("s", fields["s"]),
        conditions: fields["c"] === undefined ? undefined : readConditions(fields["c"]),
        exchange: fields["x"] === undefined ? undefined : readInteger("x", fields["x"]),
        sequence: fields["q"] === undefined ? undefined : readInteger("q", fields["q"]),
        receivedAtMs,
        side: undefined,
      },
      flags: (fields["flags"] ?? "")
        .split(" ")
        .flatMap((flag) => (flag === "" ? [] : readWord("flags", TRADE_FLAGS, flag))),
      side: readSide(fields["side"]),
      delta: fields["delta"] === undefined ? null : readDecimal("delta", fields["delta"]),
      cancelsTsNs: fields["cancels_ns"] === undefined ? undefined : readNs("cancels_ns", fields["cancels_ns"]),
    };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw valueError(action, key, `prints, and in ${id} '${error.field}' must be ${error.required}`, error.shown);
  }
}

function readConditions(text: string): readonly number[] {
  if (!/^\[(\d+(,\d+)*)?\]$/.test(text)) throw new FieldError("c", "a JSON array of whole numbers", text);
  return text === "[]" ? [] : text.slice(1, -1).split(",").map(Number);
}

function readSide(text: string | undefined): TradeSide {
  const [side, method, confidence, quoteAgeMs, quoteSource, ...rest] = (text ?? "").split("/");
  if (method === undefined || quoteAgeMs === undefined || quoteSource === undefined || rest.length > 0) {
    throw new FieldError("side", "{B,S,U}/{method}/{confidence}/{quote age ms}/{quote source}", text);
  }
  return {
    side: readWord("side", SIDES, side),
    method,
    confidence: confidence === "" ? null : readDecimal("side", confidence),
    quoteAgeMs: quoteAgeMs === "" ? null : readDecimal("side", quoteAgeMs),
    quoteSource: quoteSource === "" ? null : readWord("side", QUOTE_SOURCES, quoteSource),
  };
}
