import { ClosedError } from "../../domain/errors.ts";

/** One connection to a `MemoryDatabase`: closing it ends what waits on it and touches no other connection. */
export abstract class MemoryClient {
  #open = true;
  readonly #onClose = new Set<() => void>();

  /** @throws {ClosedError} after `close()`. */
  protected assertOpen(action: string): void {
    if (!this.#open) throw new ClosedError(action);
  }

  /** Has `end` called when the client closes; the function returned takes that back. */
  protected onClose(end: () => void): () => void {
    this.#onClose.add(end);
    return () => this.#onClose.delete(end);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#open = false;
    const ends = [...this.#onClose];
    this.#onClose.clear();
    for (const end of ends) end();
  }
}

/** @throws {RangeError} unless `limit` is a positive safe integer. */
export function assertLimit(action: string, limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError(`Cannot ${action}: 'limit' must be a positive integer, current value is ${limit}`);
  }
}
