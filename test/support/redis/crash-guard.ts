import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** What must not outlive this process. */
export interface Guarded {
  readonly pids?: readonly number[];
  readonly folders?: readonly string[];
  /** Containers with this label, `name=value`. */
  readonly containerLabel?: string;
}

/** A line of what the guard is told: from now on this, and only this, is left under `id`. */
export interface GuardOrder {
  readonly id: number;
  readonly guarded: Guarded;
}

let guard: (ChildProcess & { readonly stdin: Writable }) | undefined;
let orders = 0;

/**
 * Has what is named removed when this process ends without having done so itself, even if it is killed: by a process
 * of its own that hears this one's end.
 *
 * @returns what to call when there is something else to guard, `{}` for nothing any more.
 */
export function guardAgainstCrash(guarded: Guarded): (changed: Guarded) => void {
  const id = orders++;
  const tell = (now: Guarded): void => {
    guard ??= startGuard();
    const order: GuardOrder = { id, guarded: now };
    guard.stdin.write(`${JSON.stringify(order)}\n`);
  };
  tell(guarded);
  return tell;
}

function startGuard(): ChildProcess & { readonly stdin: Writable } {
  const program = fileURLToPath(new URL("./crash-guard-process.ts", import.meta.url));
  // A session of its own: an interrupt from the keyboard does not reach it.
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.unref();
  // Nobody waits for the guard: the pipe closes with this process, and that is the signal.
  const { stdin } = child;
  stdin.on("error", () => undefined);
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return child;
}
