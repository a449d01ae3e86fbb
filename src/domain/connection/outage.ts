import { type ConnectionId, connectionName } from "../market/batch.ts";
import type { Gap, GapCause, GapScope } from "../stream/gap.ts";

/**
 * The stretch without a confirmed link. It begins with the last receipt of a link that was open and ends when the
 * subscriptions of a later one are confirmed; attempts between the two, and what they die of, change nothing about it.
 */
export class Outage {
  readonly #connection: string;
  readonly #scope: GapScope;
  #open: { readonly fromAtMs: number; readonly cause: GapCause } | undefined;

  /** @param scope what is missing meanwhile. */
  constructor(connection: ConnectionId, scope: "all" | "quotes") {
    this.#connection = connectionName(connection);
    this.#scope = scope;
  }

  /** Whether one is going on. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Begins, unless one is going on. */
  begin(fromAtMs: number, cause: GapCause): void {
    this.#open ??= { fromAtMs, cause };
  }

  /** Ends; `undefined` where none was going on. A clock that was set back gives no gap a negative length. */
  end(toAtMs: number): Gap | undefined {
    if (this.#open === undefined) return undefined;
    const { fromAtMs, cause } = this.#open;
    this.#open = undefined;
    return this.#gap(cause, Math.min(fromAtMs, toAtMs), Math.max(fromAtMs, toAtMs));
  }

  /** What is going on, as a gap without an end. */
  get soFar(): readonly Gap[] {
    return this.#open === undefined ? [] : [this.#gap(this.#open.cause, this.#open.fromAtMs, undefined)];
  }

  #gap(cause: GapCause, fromAtMs: number, toAtMs: number | undefined): Gap {
    return { connection: this.#connection, fromAtMs, toAtMs, cause, scope: this.#scope, instruments: undefined };
  }
}
