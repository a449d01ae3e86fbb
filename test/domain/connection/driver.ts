import { ConnectionMachine } from "../../../src/domain/connection/connection-machine.ts";
import {
  type ConnectionOptions,
  DEFAULT_CONNECTION_OPTIONS,
} from "../../../src/domain/connection/connection-options.ts";
import type {
  ConnectionAction,
  ConnectionEvent,
  ConnectionTimer,
} from "../../../src/domain/connection/connection-protocol.ts";
import { seededRandom } from "../../../src/domain/random.ts";

type ActionOf<K extends ConnectionAction["kind"]> = Extract<ConnectionAction, { readonly kind: K }>;

export const OPTIONS: ConnectionOptions = {
  ...DEFAULT_CONNECTION_OPTIONS,
  connection: { class: "options", shard: 0 },
  backoff: { firstMs: 1_000, maxMs: 60_000, jitter: 0, stableAfterMs: 60_000 },
};

/** Drives a machine by hand: keeps its time, its timers and all that it asked for. */
export class Driver {
  readonly machine: ConnectionMachine;
  readonly timers = new Map<number, { readonly timer: ConnectionTimer; readonly dueAtMs: number }>();
  readonly done: ConnectionAction[] = [];
  atMs: number;
  /** How far the wall clock is from the monotonic one. */
  aheadMs = 0;

  constructor(options: ConnectionOptions = OPTIONS, atMs = 1_000_000) {
    this.machine = new ConnectionMachine(options, seededRandom(7));
    this.atMs = atMs;
  }

  step(event: ConnectionEvent): readonly ConnectionAction[] {
    const actions = this.machine.step(event, this.atMs + this.aheadMs, this.atMs);
    for (const action of actions) {
      if (action.kind === "setTimer") {
        this.timers.set(action.id, { timer: action.timer, dueAtMs: this.atMs + action.delayMs });
      } else if (action.kind === "clearTimer") this.timers.delete(action.id);
      this.done.push(action);
    }
    return actions;
  }

  /** Lets time pass, and fires what falls due meanwhile. */
  pass(ms: number): void {
    const untilAtMs = this.atMs + ms;
    for (;;) {
      const [next] = [...this.timers].sort(([, a], [, b]) => a.dueAtMs - b.dueAtMs);
      if (next === undefined || next[1].dueAtMs > untilAtMs) break;
      this.atMs = Math.max(this.atMs, next[1].dueAtMs);
      this.fire(next[0]);
    }
    this.atMs = untilAtMs;
  }

  fire(id: number): readonly ConnectionAction[] {
    const timer = this.timers.get(id)?.timer;
    if (timer === undefined) return [];
    this.timers.delete(id);
    return this.step({ kind: "timer", timer, id });
  }

  start(...topics: string[]): void {
    this.step({ kind: "wanted", topics });
    this.step({ kind: "started", afterEpoch: undefined, absentSinceAtMs: undefined });
  }

  open(canPing = true): void {
    this.step({ kind: "opened", epoch: this.machine.epoch, canPing });
  }

  frame(carriesData: boolean): void {
    this.step({ kind: "frame", epoch: this.machine.epoch, carriesData });
  }

  status(...statuses: (readonly [status: string, message: string])[]): readonly ConnectionAction[] {
    this.frame(false);
    return this.step({
      kind: "statuses",
      epoch: this.machine.epoch,
      statuses: statuses.map(([status, message]) => ({ status, message })),
    });
  }

  closed(code?: number): readonly ConnectionAction[] {
    return this.step({ kind: "closed", epoch: this.machine.epoch, code, detail: undefined });
  }

  /** To `streaming`, all in the present ms. */
  connect(canPing = true): void {
    this.open(canPing);
    this.status(["connected", "Connected Successfully"]);
    this.status(["auth_success", "authenticated"]);
    this.status(
      ...[...this.machine.subscriptions.pending].map((topic) => ["success", `subscribed to: ${topic}`] as const),
    );
  }

  take<K extends ConnectionAction["kind"]>(kind: K): ActionOf<K>[] {
    return this.done.filter((action): action is ActionOf<K> => action.kind === kind);
  }
}
