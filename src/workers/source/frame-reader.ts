import type { SourceCounter } from "../../domain/context/source-status.ts";
import { OptionContractCache } from "../../domain/instrument/option-contract-cache.ts";
import { contentOf, type FrameContent } from "../../domain/overload/frame-content.ts";
import type { ReceivedFrame } from "../../domain/overload/inbox.ts";
import type { ParsedFrame } from "../../domain/wire/frame.ts";
import { parsePayload } from "../../domain/wire/parse-payload.ts";
import type { RowNumbers } from "../../domain/wire/row-numbers.ts";
import type { Logger } from "../../ports/logger.ts";

/** A frame that was read: what it holds, and the events themselves where it could be parsed. */
export interface ReadFrame {
  readonly content: FrameContent;
  /** `undefined` where nothing of it could be read. */
  readonly parsed: ParsedFrame | undefined;
  /** Whether something in it was refused. */
  readonly isRefused: boolean;
}

const UNREADABLE: FrameContent = Object.freeze({ trades: 0, quotes: 0, values: 0, other: 1 });
/** A broken feed breaks often: people are told now and then, with how often. */
const TELL_EVERY_MS = 10_000;

/** Reads frames as the hydrator will read them, counts what is in them, and says what is wrong with them. */
export class FrameReader {
  readonly #limits: { readonly maxFrameBytes: number; readonly maxFutureSkewMs: number };
  readonly #connection: string;
  readonly #logger: Logger;
  readonly #contracts = new OptionContractCache();
  readonly #numbers: RowNumbers | undefined;
  readonly #count: (counter: SourceCounter, by: number) => void;
  #untold = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  /** @param numbers gets those of each frame's rows; default nobody wants them. */
  constructor(
    connection: string,
    limits: { readonly maxFrameBytes: number; readonly maxFutureSkewMs: number },
    logger: Logger,
    count: (counter: SourceCounter, by: number) => void,
    numbers?: RowNumbers,
  ) {
    this.#connection = connection;
    this.#limits = limits;
    this.#logger = logger;
    this.#count = count;
    this.#numbers = numbers;
  }

  read({ payload, receivedAtMs }: ReceivedFrame): ReadFrame {
    const { maxFrameBytes, maxFutureSkewMs } = this.#limits;
    const contracts = this.#contracts;
    const numbers = this.#numbers;
    const context = {
      onInvalid: "quarantine",
      receivedAtMs,
      contracts,
      numbers,
      maxFrameBytes,
      maxFutureSkewMs,
    } as const;
    const parsed = parsePayload(payload, context);
    if (!parsed.ok) {
      this.#count("invalid", 1);
      this.#tell(parsed.error.message, receivedAtMs);
      return { content: UNREADABLE, parsed: undefined, isRefused: true };
    }
    const content = contentOf(parsed);
    const { rejected, statuses } = parsed;
    this.#count("events", content.trades + content.quotes + content.values + content.other);
    if (content.trades > 0) this.#count("trades", content.trades);
    if (content.quotes > 0) this.#count("quotes", content.quotes);
    if (content.values > 0) this.#count("values", content.values);
    if (content.other > 0) {
      this.#count("statuses", statuses.length);
      this.#count("invalid", rejected.length);
      this.#count("other", content.other - statuses.length - rejected.length);
    }
    const [first] = rejected;
    if (first !== undefined) this.#tell(first.reason, receivedAtMs);
    return { content, parsed, isRefused: first !== undefined };
  }

  #tell(reason: string, atMs: number): void {
    this.#untold += 1;
    // The wall clock may have stepped back.
    if (Math.abs(atMs - this.#toldAtMs) < TELL_EVERY_MS) return;
    this.#logger.warn("Refused what the provider sent", { connection: this.#connection, reason, frames: this.#untold });
    this.#toldAtMs = atMs;
    this.#untold = 0;
  }
}
