import { z } from "zod";

/** Which requests a fault meets, and how many. */
export interface RestTarget {
  /** Those whose path begins so, `/v3/snapshot/options`; every path where it is absent. */
  readonly path?: string | undefined;
  /** Those that name this ticker, in the path or in a parameter: `I:SPX`, `SPY`. */
  readonly symbol?: string | undefined;
  /** Only this page of a list, 1 for the first. */
  readonly page?: number | undefined;
  /** For this long; without `requests` all that come. */
  readonly forMs?: number | undefined;
  /** That many, then no more. @default 1, where `forMs` is absent as well */
  readonly requests?: number | undefined;
}

/** Something that goes wrong with requests. A request meets every fault that is on for it. */
export type RestFault = RestTarget &
  (
    | /** The answer comes late. */ { readonly kind: "restDelay"; readonly ms: number }
    /**
     * An error: 401, 403, 404, 429 or any other from 400 on. Its body is the provider's, or HTML, plain text or nothing.
     */
    | {
        readonly kind: "restStatus";
        readonly status: number;
        /** The `Retry-After` header, in seconds; there is none by default. */
        readonly retryAfterSec?: number | undefined;
        readonly body?: "json" | "html" | "text" | "empty" | undefined;
      }
    /** The body ends after a share of it (0.5 by default), and the connection with it. */
    | { readonly kind: "restCut"; readonly share?: number | undefined }
    /** Status 200 and no data: a page in HTML, or nothing; or JSON whose end is missing (`truncated`). */
    | { readonly kind: "restBody"; readonly form?: "html" | "empty" | "truncated" | undefined }
    /**
     * `next_url` of a page leads to that page again (`loop`, from the second page on), to another origin (`foreign`, which is
     * port 9 of this machine unless `origin` says otherwise), or to the place where the page began while the page is empty
     * (`emptyPages`).
     */
    | {
        readonly kind: "restNextUrl";
        readonly form: "loop" | "foreign" | "emptyPages";
        readonly origin?: string | undefined;
      }
    /** Every time is this much older than it is, its value unchanged. */
    | { readonly kind: "restStale"; readonly ageMs: number }
    /** Fields of every row, and of the answer itself, are absent: `greeks`, `last_quote`, `results`. */
    | { readonly kind: "restMissing"; readonly fields: readonly string[] }
    /** Only a share of the contracts (0.5 by default) is there, always the same. */
    | { readonly kind: "restPartial"; readonly share?: number | undefined }
    /** No contracts at all. */
    | { readonly kind: "restEmpty" }
    /** Only the first few contracts (10 by default) of the whole list are there. */
    | { readonly kind: "restCollapsed"; readonly contracts?: number | undefined }
    /** Contracts (5 by default) that were not asked for stand in front of the others. */
    | { readonly kind: "restOutside"; readonly contracts?: number | undefined }
    /** The first rows of a page (5 by default) come once more at its end. */
    | { readonly kind: "restDuplicates"; readonly rows?: number | undefined }
    /** Every second answer has the open interest of the trading day before. */
    | { readonly kind: "restOpenInterest" }
  );

const target = {
  path: z.string().min(1).max(200).optional(),
  symbol: z.string().min(1).max(50).optional(),
  page: z.int().min(1).max(1e6).optional(),
  forMs: z.number().min(0).max(1e9).optional(),
  requests: z.int().min(1).max(1e6).optional(),
};
const share = z.number().min(0).max(1).optional();
const count = z.int().min(1).max(100_000).optional();

/** The wire form of every fault of the REST side. */
export const REST_FAULT_SCHEMAS: readonly z.ZodObject[] = [
  z.strictObject({ kind: z.literal("restDelay"), ...target, ms: z.number().min(0).max(1e9) }),
  z.strictObject({
    kind: z.literal("restStatus"),
    ...target,
    status: z.int().min(400).max(599),
    retryAfterSec: z.number().min(0).max(1e6).optional(),
    body: z.enum(["json", "html", "text", "empty"]).optional(),
  }),
  z.strictObject({ kind: z.literal("restCut"), ...target, share }),
  z.strictObject({ kind: z.literal("restBody"), ...target, form: z.enum(["html", "empty", "truncated"]).optional() }),
  z.strictObject({
    kind: z.literal("restNextUrl"),
    ...target,
    form: z.enum(["loop", "foreign", "emptyPages"]),
    origin: z.string().min(1).max(200).optional(),
  }),
  z.strictObject({ kind: z.literal("restStale"), ...target, ageMs: z.number().min(0).max(1e12) }),
  z.strictObject({
    kind: z.literal("restMissing"),
    ...target,
    fields: z.array(z.string().min(1).max(50)).min(1).max(50),
  }),
  z.strictObject({ kind: z.literal("restPartial"), ...target, share }),
  z.strictObject({ kind: z.literal("restEmpty"), ...target }),
  z.strictObject({ kind: z.literal("restCollapsed"), ...target, contracts: count }),
  z.strictObject({ kind: z.literal("restOutside"), ...target, contracts: count }),
  z.strictObject({ kind: z.literal("restDuplicates"), ...target, rows: count }),
  z.strictObject({ kind: z.literal("restOpenInterest"), ...target }),
] as const;

export type RestFaultKind = RestFault["kind"];

/** Every kind. */
export const REST_FAULT_KINDS: readonly RestFaultKind[] = Object.freeze([
  "restDelay",
  "restStatus",
  "restCut",
  "restBody",
  "restNextUrl",
  "restStale",
  "restMissing",
  "restPartial",
  "restEmpty",
  "restCollapsed",
  "restOutside",
  "restDuplicates",
  "restOpenInterest",
] as const);
