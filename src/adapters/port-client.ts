import { ClosedError } from "../domain/errors.ts";

/** One client of a store: closing it ends what waits on it and touches no other client. */
export abstract class PortClient {
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
