/** What frames are made of. */
export interface FrameSpec {
  /** One trade in so many events, quotes otherwise; 1 for trades only. */
  readonly eventsPerTrade: number;
  readonly contracts: number;
  readonly eventsPerFrame: number;
}

/** What the provider's thread is told. */
export type ProviderCommand =
  /** Makes frames, to be sent later: so many events each time. */
  | { readonly kind: "prepare"; readonly spec: FrameSpec; readonly floods: readonly number[] }
  /** Sends one of the prepared floods as fast as `consumed` follows. */
  | { readonly kind: "flood"; readonly index: number; readonly consumed: Int32Array }
  /** Sends for a while at a fixed rate. The `q` of an event is when it was sent: microseconds since `baseMs`. */
  | {
      readonly kind: "pace";
      readonly spec: FrameSpec;
      readonly eventsPerSec: number;
      readonly seconds: number;
      readonly baseMs: number;
    }
  | { readonly kind: "close" };

/** What it answers. */
export type ProviderAnswer =
  | { readonly kind: "listening"; readonly url: string }
  | { readonly kind: "prepared" }
  /** A client has the confirmation of what it subscribed to. */
  | { readonly kind: "subscribed" }
  | { readonly kind: "sent"; readonly events: number };

/** The time of the machine, ms since the Unix epoch with its fraction: the same on every thread and in every process. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
