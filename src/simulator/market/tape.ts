import type { Agenda } from "./agenda.ts";
import type { MarketContract } from "./contract-universe.ts";
import type { MarketEvent, OptionTradeEvent, PrintTruth } from "./events.ts";
import type { QuoteProcess } from "./quote-process.ts";

/** What the tapes of one market share. */
export interface TapeContext {
  readonly agenda: Agenda;
  /** Counts the prints of the market, to number them. */
  readonly numbers: { prints: number };
  readonly emit: (event: MarketEvent) => void;
}

/** A print before it happens: without id, time and sequence number. */
export interface PrintDraft {
  readonly contract: MarketContract;
  readonly priceCents: number;
  readonly size: number;
  readonly exchange: number;
  readonly conditions: readonly number[] | undefined;
  readonly truth: Omit<PrintTruth, "printId">;
}

/** Where the prints of one underlying's options are published: each gets its id, times and sequence number here. */
export class Tape {
  readonly #quotes: QuoteProcess;
  readonly #context: TapeContext;

  /** @param quotes number prints and quotes of a contract in one sequence. */
  constructor(quotes: QuoteProcess, context: TapeContext) {
    this.#quotes = quotes;
    this.#context = context;
  }

  /** Prints at an instant to come. */
  printAt(printAtMs: number, draft: PrintDraft): void {
    this.#context.agenda.schedule(printAtMs, (atMs) => this.print(draft, atMs, atMs));
  }

  /** Prints several at one instant to come, in their order. */
  printTogether(printAtMs: number, drafts: readonly PrintDraft[]): void {
    this.#context.agenda.schedule(printAtMs, (atMs) => {
      for (const draft of drafts) this.print(draft, atMs, atMs);
    });
  }

  /** Prints now. @param sequence where it was numbered before; by default the contract's next. */
  print(draft: PrintDraft, happenedAtMs: number, publishedAtMs: number, sequence?: number): OptionTradeEvent {
    const { contract, priceCents, size, exchange, conditions, truth } = draft;
    const event: OptionTradeEvent = {
      kind: "optionTrade",
      publishedAtMs: Math.floor(publishedAtMs),
      tMs: Math.floor(happenedAtMs),
      contract,
      sequence: sequence ?? this.#quotes.nextSequence(contract),
      priceCents,
      size,
      exchange,
      conditions,
      truth: { printId: this.#context.numbers.prints++, ...truth },
    };
    this.#context.emit(event);
    return event;
  }
}
