import { z } from "zod";
import type { AssetClass } from "../../domain/instrument/resource.ts";
import { REST_FAULT_KINDS, REST_FAULT_SCHEMAS, type RestFault } from "../rest/rest-fault.ts";
import { ASSET_CLASSES } from "./protocol.ts";

const assetClass = z.enum(ASSET_CLASSES as readonly [AssetClass, ...AssetClass[]]).optional();
const milliseconds = z.number().min(0).max(1e9);
const count = z.int().min(1).max(10_000);

/** The wire form of every fault: what a schedule may hold. */
export const faultSchema: z.ZodType<Fault> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("refuse"),
    assetClass,
    forMs: milliseconds,
    how: z.enum(["drop", "http"]).optional(),
  }),
  z.strictObject({ kind: z.literal("cut"), assetClass }),
  z.strictObject({
    kind: z.literal("close"),
    assetClass,
    code: z.union([z.int().min(1000).max(1014), z.int().min(3000).max(4999)]).optional(),
    reason: z.string().max(100).optional(),
  }),
  z.strictObject({
    kind: z.literal("stall"),
    assetClass,
    forMs: milliseconds,
    pings: z.enum(["answered", "unanswered"]).optional(),
    backlog: z.enum(["sent", "dropped"]).optional(),
  }),
  z.strictObject({
    kind: z.literal("slow"),
    assetClass,
    forMs: milliseconds,
    bytesPerSecond: z.number().min(1).max(1e9),
  }),
  z.strictObject({
    kind: z.literal("garbage"),
    assetClass,
    form: z.enum(["notJson", "truncated"]).optional(),
    frames: count.optional(),
  }),
  z.strictObject({ kind: z.literal("duplicate"), assetClass, frames: count.optional() }),
  z.strictObject({ kind: z.literal("rejectKeys"), assetClass, forMs: milliseconds }),
  z.strictObject({ kind: z.literal("noWebsocket"), assetClass, forMs: milliseconds }),
  z.strictObject({
    kind: z.literal("withdraw"),
    assetClass,
    channels: z.array(z.string().min(1).max(10)).min(1).max(20),
    forMs: milliseconds,
  }),
  z.strictObject({ kind: z.literal("evict"), assetClass }),
  z.strictObject({ kind: z.literal("forceDisconnect"), assetClass }),
  z.strictObject({ kind: z.literal("slowConsumer"), assetClass }),
  z.strictObject({ kind: z.literal("restart"), downMs: milliseconds.optional() }),
  z.strictObject({ kind: z.literal("skew"), ms: z.number().min(-1e12).max(1e12), forMs: milliseconds.optional() }),
  ...REST_FAULT_SCHEMAS,
]) as z.ZodType<Fault>;

interface Targeted {
  /** Whom it meets; every class where it is absent. */
  readonly assetClass?: AssetClass | undefined;
}

interface Lasting extends Targeted {
  readonly forMs: number;
}

/** Something that goes wrong with sockets. Durations are in ms of the simulator's clock. */
export type SocketFault =
  /** New connections are refused: the socket is dropped (the default), or answered with HTTP 503. */
  | ({ readonly kind: "refuse"; readonly how?: "drop" | "http" | undefined } & Lasting)
  /** TCP is destroyed without a close frame. */
  | ({ readonly kind: "cut" } & Targeted)
  /** A close frame; 1001 by default. */
  | ({ readonly kind: "close"; readonly code?: number | undefined; readonly reason?: string | undefined } & Targeted)
  /**
   * The socket stays open and nothing is sent. Pings stay unanswered by default. What is published meanwhile is sent at the
   * end (the default; the buffer may be full before), or never.
   */
  | ({
      readonly kind: "stall";
      readonly pings?: "answered" | "unanswered" | undefined;
      readonly backlog?: "sent" | "dropped" | undefined;
    } & Lasting)
  /** Sending is throttled. */
  | ({ readonly kind: "slow"; readonly bytesPerSecond: number } & Lasting)
  /** Frames (1 by default) that are no JSON, between the others; or the next frames with data are cut short (`truncated`). */
  | ({
      readonly kind: "garbage";
      readonly form?: "notJson" | "truncated" | undefined;
      readonly frames?: number | undefined;
    } & Targeted)
  /** The last frames of every connection (1 by default, 20 are remembered) are sent again. */
  | ({ readonly kind: "duplicate"; readonly frames?: number | undefined } & Targeted)
  /** Every key is a bad one. */
  | ({ readonly kind: "rejectKeys" } & Lasting)
  /** Every key's plan is without websocket access. */
  | ({ readonly kind: "noWebsocket" } & Lasting)
  /** Subscriptions to these channels are not authorized; those that stand go on. */
  | ({ readonly kind: "withdraw"; readonly channels: readonly string[] } & Lasting)
  /** Connections are evicted as if another client of their account had come. */
  | ({ readonly kind: "evict" } & Targeted)
  | ({ readonly kind: "forceDisconnect" } & Targeted)
  /** Killed as slow consumers, slow or not. */
  | ({ readonly kind: "slowConsumer" } & Targeted)
  /** Every connection is cut and the port closed, for 500 ms by default. The market goes on. */
  | { readonly kind: "restart"; readonly downMs?: number | undefined }
  /** Event times are this far ahead of the clock (negative: behind), to the end or for a while. */
  | { readonly kind: "skew"; readonly ms: number; readonly forMs?: number | undefined };

/** Something that goes wrong: with sockets, or with requests (`rest...`). */
export type Fault = SocketFault | RestFault;

export type FaultKind = Fault["kind"];

export function isRestFault(fault: Fault): fault is RestFault {
  return fault.kind.startsWith("rest") && fault.kind !== "restart";
}

/** Every kind. */
export const FAULT_KINDS: readonly FaultKind[] = Object.freeze([
  "refuse",
  "cut",
  "close",
  "stall",
  "slow",
  "garbage",
  "duplicate",
  "rejectKeys",
  "noWebsocket",
  "withdraw",
  "evict",
  "forceDisconnect",
  "slowConsumer",
  "restart",
  "skew",
  ...REST_FAULT_KINDS,
] as const);
