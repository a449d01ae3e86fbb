import { z } from "zod";
import { type Fault, faultSchema } from "./fault.ts";

/** A fault and when it comes. */
export interface ScheduledFault {
  /** After the start of the simulator. */
  readonly atMs: number;
  readonly fault: Fault;
}

const scheduleSchema = z.array(z.strictObject({ atMs: z.number().min(0).max(1e12), fault: faultSchema }));

/**
 * Checks a schedule of faults.
 *
 * @throws {TypeError} naming every field that is wrong, where it is and what is allowed.
 * @example
 * ```ts
 * const schedule = checkedSchedule([
 *   { atMs: 5_000, fault: { kind: "cut" } },
 *   { atMs: 9_000, fault: { kind: "stall", forMs: 3_000, pings: "unanswered" } },
 * ]);
 * ```
 */
export function checkedSchedule(value: unknown): readonly ScheduledFault[] {
  const checked = scheduleSchema.safeParse(value);
  if (checked.success) return checked.data;
  throw new TypeError(`Cannot schedule faults: ${problemsOf(checked.error)}`);
}

/** Reads a schedule from JSON text. @throws {TypeError} as `checkedSchedule`, and for text that is not JSON. */
export function parseSchedule(text: string): readonly ScheduledFault[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TypeError(`Cannot schedule faults: the schedule must be JSON (${String(cause)})`, { cause });
  }
  return checkedSchedule(value);
}

/** Checks one fault. @throws {TypeError} */
export function checkedFault(value: unknown): Fault {
  const checked = faultSchema.safeParse(value);
  if (checked.success) return checked.data;
  throw new TypeError(`Cannot inject a fault: ${problemsOf(checked.error)}`);
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `'${pathText(path)}': ${message}`).join("; ");
}

/** `[0].fault.kind` */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return text.replace(/^\./, "") || "schedule";
}
