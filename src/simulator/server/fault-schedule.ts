import { z } from "zod";
import { FAULT_KINDS, type Fault, faultSchema } from "./fault.ts";

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
  const checked = scheduleSchema.safeParse(value, { reportInput: true });
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
  const checked = faultSchema.safeParse(value, { reportInput: true });
  if (checked.success) return checked.data;
  throw new TypeError(`Cannot inject a fault: ${problemsOf(checked.error)}`);
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map(problem).join("; ");
}

function problem(issue: z.core.$ZodIssue): string {
  const where = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `'${pathText([...issue.path, key])}' must not be there`).join("; ");
  }
  const current = JSON.stringify(issue.input) ?? "undefined";
  return `'${where}' must be ${requirement(issue)}, current value is ${current.slice(0, 100)}`;
}

function requirement(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return `at least ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    case "invalid_type":
      return `of type ${issue.expected}`;
    case "invalid_value":
      return `one of ${issue.values.join(", ")}`;
    case "invalid_union":
      return issue.path.at(-1) === "kind" ? `one of ${FAULT_KINDS.join(", ")}` : "a close code";
    default:
      return issue.message;
  }
}

/** `[0].fault.kind` */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return text.replace(/^\./, "") || "value";
}
