import type { ModelAnalytics, ModelMessage, ModelName } from "../domain/context/model.ts";

/**
 * The latest model of each kind and symbol. Each write replaces the one before and lives for 60 s, so that a model that
 * is there is not old.
 *
 * Which of two models is the newer one is told by tickets, which the store itself numbers: whoever builds a model takes one
 * before reading what it is computed from. No clock has a say, and no version.
 *
 * Every method but `close` rejects with a `TypeError` where the model's name is not lower-case letters, digits and
 * underscores that start with a letter, or the symbol carries an `I:`. After `close()` every method rejects with
 * `ClosedError`.
 */
export interface ModelStore {
  /** A number above those of all tickets before. It is good for any number of models. */
  takeTicket(): Promise<number>;
  /**
   * Stores a model and announces it on `modelChannel(model, symbol)`, in one step; the body is the stored text, compact
   * JSON. Repeatable: a repeat starts the lifetime anew and announces again. Of two writers with one ticket the later wins
   * whole.
   *
   * @param ticket was taken before the inputs of the model were; left out, they count as taken now.
   * @returns `superseded` where a model of a later ticket was stored, even if its time has run out, or the store has lost its
   * tickets since it gave this one: nothing has changed, nothing is announced.
   * @throws {RangeError} for a ticket that is no positive integer.
   * @throws {TypeError} where the message is no JSON object, or holds what JSON cannot (a number that is not finite, a
   * bigint, a map).
   */
  put(model: ModelName, symbol: string, message: object, ticket?: number): Promise<"stored" | "superseded">;
  /** Number for number as it was written; `null` where there is none or its time ran out. */
  latest(model: ModelName, symbol: string): Promise<ModelMessage | null>;
  /**
   * Replaces the analytics of a model and symbol, whole. They are absolute values of the one builder, which goes on from
   * what it reads when it starts: writing them twice is writing them once. They do not expire.
   *
   * @throws {TypeError} where they are not what `modelAnalyticsSchema` asks for.
   */
  putAnalytics(model: ModelName, symbol: string, analytics: ModelAnalytics): Promise<void>;
  /** `null` where none were written. */
  analytics(model: ModelName, symbol: string): Promise<ModelAnalytics | null>;
  /** Idempotent. */
  close(): Promise<void>;
}
