import type { AssetClass } from "../../domain/instrument/resource.ts";
import { encodeStatus } from "../wire/status.ts";

/** Asset classes as they stand in the path of a socket's URL. */
export const ASSET_CLASSES: readonly AssetClass[] = Object.freeze(["options", "stocks", "indices"] as const);

/** Channels that the provider knows, by class, and whether `{channel}.*` is documented for them. */
const CHANNELS: Readonly<Record<AssetClass, Readonly<Record<string, "wildcard" | "tickers">>>> = {
  options: { T: "wildcard", A: "wildcard", AM: "wildcard", Q: "tickers", FMV: "tickers" },
  stocks: {
    T: "wildcard",
    Q: "wildcard",
    A: "wildcard",
    AM: "wildcard",
    LULD: "wildcard",
    FMV: "wildcard",
    NOI: "wildcard",
  },
  indices: { V: "wildcard", A: "wildcard", AM: "wildcard" },
};

/** Channels that an ordinary plan has. Fair values and imbalances are sold to businesses. */
export const PLAN_CHANNELS: Readonly<Record<AssetClass, readonly string[]>> = Object.freeze({
  options: ["T", "Q", "A", "AM"],
  stocks: ["T", "Q", "A", "AM", "LULD"],
  indices: ["V", "A", "AM"],
});

/** Channels that a delayed feed does not have: they are documented as real-time only. */
export const REAL_TIME_ONLY: Readonly<Record<AssetClass, readonly string[]>> = Object.freeze({
  options: ["Q"],
  stocks: ["LULD"],
  indices: [],
});

/** Whether a class has this channel at all. */
export function isChannel(assetClass: AssetClass, channel: string): boolean {
  return Object.hasOwn(CHANNELS[assetClass], channel);
}

/** Whether `{channel}.*` may be asked for. */
export function hasWildcard(assetClass: AssetClass, channel: string): boolean {
  return CHANNELS[assetClass][channel] === "wildcard";
}

/** Close code of a connection that is against the rules: evicted, or too slow. */
export const POLICY_VIOLATION = 1008;

/** Close code of a server that goes away. */
export const GOING_AWAY = 1001;

/** A bad key. */
export const AUTHENTICATION_FAILED: string = encodeStatus("auth_failed", "authentication failed");

/** A good key whose plan has no socket of this class. */
export const PLAN_WITHOUT_WEBSOCKET: string = encodeStatus(
  "auth_failed",
  "Your plan doesn't include websocket access. Visit https://massive.com/pricing to upgrade.",
);

export const AUTHENTICATION_TIMEOUT: string = encodeStatus("auth_timeout", "No authentication request received.");

/** Names no item: which one of a request was refused cannot be known from it. */
export const NOT_AUTHORIZED: string = encodeStatus("error", "not authorized");

export const MAX_CONNECTIONS: string = encodeStatus(
  "max_connections",
  "Maximum number of websocket connections exceeded. You have reached the connection limit for your account. Please contact support at https://polygon.io/contact to increase your limit.",
);

// The provider's wordings of the four below are not known: these are ours.
export const AUTHENTICATION_REQUIRED: string = encodeStatus("auth_required", "authentication required");
export const SLOW_CONSUMER: string = encodeStatus("slow_consumer", "slow consumer");
export const FORCE_DISCONNECT: string = encodeStatus("force_disconnect", "disconnected by the server");
export const TOO_MANY_QUOTES: string = encodeStatus("error", "maximum number of option contracts exceeded");

/** One item that was given up. The provider says "to". */
export function unsubscribed(topic: string): string {
  return encodeStatus("success", `unsubscribed to: ${topic}`);
}
