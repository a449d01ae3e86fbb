import { z } from "zod";
import { countField, textField } from "../fields.ts";
import { timeField } from "./fields.ts";

/** A sign of life of one worker, as it is stored and announced. Names are those of the public keys. */
export interface Heartbeat {
  /** `ws`, `chain/SPX`: the same over restarts, another one for each of several. */
  readonly worker: string;
  readonly host: string;
  readonly pid: number;
  /** Unix seconds. */
  readonly ts: number;
  /** `degraded` goes on trying, `failed` has given up. */
  readonly status: "ok" | "degraded" | "failed";
  /** Why it is not `ok`; `null` where it is. */
  readonly reason: string | null;
  /** Unix seconds. */
  readonly started_ts: number;
  /** Figures of the worker's own choice. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

const WORKER_EXPECTED = "1 to 64 letters, digits, '.', '_', '/' and '-' that start with a letter or digit";

/** What a heartbeat has to look like, written or read back. */
export const heartbeatSchema: z.ZodType<Heartbeat> = z.object(
  {
    worker: z
      .string({ error: WORKER_EXPECTED })
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/, { error: WORKER_EXPECTED }),
    host: textField,
    pid: countField,
    ts: timeField,
    status: z.enum(["ok", "degraded", "failed"], { error: '"ok", "degraded" or "failed"' }),
    reason: textField.nullable(),
    started_ts: timeField,
    detail: z.record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean(), z.null()], {
        error: "a text, a finite number, true, false or null",
      }),
      { error: "an object" },
    ),
  },
  { error: "an object" },
);
