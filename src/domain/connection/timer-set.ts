import type { ConnectionAction, ConnectionTimer } from "./connection-protocol.ts";

/**
 * The timers that are set. A timer has an identity each time it is set: one that fires although it was cleared or
 * replaced meanwhile is known by it.
 */
export class TimerSet {
  /** By name, their identities. */
  readonly #set = new Map<ConnectionTimer, number>();
  #lastId = 0;

  has(timer: ConnectionTimer): boolean {
    return this.#set.has(timer);
  }

  /** Sets a timer, in place of one of the same name. */
  set(timer: ConnectionTimer, delayMs: number): readonly ConnectionAction[] {
    const cleared = this.clear(timer);
    this.#lastId += 1;
    const id = this.#lastId;
    this.#set.set(timer, id);
    return [...cleared, { kind: "setTimer", timer, id, delayMs }];
  }

  clear(timer: ConnectionTimer): readonly ConnectionAction[] {
    const id = this.#set.get(timer);
    if (id === undefined) return [];
    this.#set.delete(timer);
    return [{ kind: "clearTimer", timer, id }];
  }

  clearAll(): readonly ConnectionAction[] {
    return [...this.#set.keys()].flatMap((timer) => this.clear(timer));
  }

  /** Takes note that a timer fired; `false` where it is not set any more. */
  fired(timer: ConnectionTimer, id: number): boolean {
    return this.#set.get(timer) === id && this.#set.delete(timer);
  }
}
