import type { AssetClass } from "../instrument/resource.ts";
import type { GapCause } from "../stream/gap.ts";
import { cutText } from "../wire/describe-value.ts";

/**
 * Why a link ended. `auth_failed` the key was refused, `not_entitled` the plan lacks the asset class or every channel
 * asked for, `auth_timeout` the provider did not see or take our key in time, `evicted` another client of the account took
 * the slot, `slow_consumer` the provider gave up on us, `maintenance` it restarts or goes away, `server_close` it closed
 * for another reason, `broken` the link ended without a proper close or fell silent, `unreachable` no link came about,
 * `ours` we closed it because we were told to stop.
 */
export type DisconnectReason =
  | "auth_failed"
  | "not_entitled"
  | "auth_timeout"
  | "evicted"
  | "slow_consumer"
  | "maintenance"
  | "server_close"
  | "broken"
  | "unreachable"
  | "ours";

/**
 * What follows a disconnect: `fail` ends the connection with an error, `coolDown` leaves the slot to whoever took it for a
 * while, `shedFirst` asks for less and then backs off, `backOff` tries again after the next wait, `end` is a normal end.
 */
export type DisconnectPolicy = "fail" | "coolDown" | "shedFirst" | "backOff" | "end";

/** The policy and the gap's cause for every reason. */
export const DISCONNECT_POLICIES: Readonly<
  Record<DisconnectReason, { readonly policy: DisconnectPolicy; readonly gapCause: GapCause }>
> = Object.freeze({
  auth_failed: { policy: "fail", gapCause: "disconnect" },
  not_entitled: { policy: "fail", gapCause: "disconnect" },
  auth_timeout: { policy: "backOff", gapCause: "disconnect" },
  evicted: { policy: "coolDown", gapCause: "eviction" },
  slow_consumer: { policy: "shedFirst", gapCause: "slow_consumer" },
  maintenance: { policy: "backOff", gapCause: "disconnect" },
  server_close: { policy: "backOff", gapCause: "disconnect" },
  broken: { policy: "backOff", gapCause: "disconnect" },
  unreachable: { policy: "backOff", gapCause: "disconnect" },
  ours: { policy: "end", gapCause: "absence" },
});

// The status says only that authentication failed; what to do about it stands in the message.
const PLAN_WORDS = /\b(plan|upgrade|entitled|subscription)\b/i;

const REFUSAL_WORDS = /\bauthori[sz]ed\b/i;

/**
 * Whether an `error` says that the plan lacks what was asked for, which no further attempt changes; any other may pass.
 *
 * @example
 * ```ts
 * isPlanRefusal("not authorized"); // true
 * ```
 */
export function isPlanRefusal(message: string): boolean {
  return REFUSAL_WORDS.test(message) || PLAN_WORDS.test(message);
}

/**
 * What a status says about the link: the reason for which it is about to end, `undefined` where it goes on. Several
 * wordings exist for one status, so that only the status counts, but for the kind of refusal of a key.
 *
 * @example
 * ```ts
 * reasonOfStatus("max_connections", undefined); // evicted
 * reasonOfStatus("success", "subscribed to: T.*"); // undefined
 * ```
 */
export function reasonOfStatus(status: string, message: string | undefined): DisconnectReason | undefined {
  switch (status) {
    case "auth_failed":
      return PLAN_WORDS.test(message ?? "") ? "not_entitled" : "auth_failed";
    case "auth_timeout":
    case "auth_required":
      return "auth_timeout";
    case "max_connections":
      return "evicted";
    case "slow_consumer":
      return "slow_consumer";
    case "force_disconnect":
      return "server_close";
    case "error":
      // As older servers say it.
      return message === "authentication failed" ? "auth_failed" : undefined;
    default:
      return undefined;
  }
}

/**
 * What a close says by itself, where no status came before it and we did not ask for it. Many real drops carry no close
 * frame: none at all, 1006 and 1008 are alike.
 *
 * @param code of the close frame; `undefined` where none came.
 */
export function reasonOfClose(opened: boolean, code: number | undefined): DisconnectReason {
  if (!opened) return "unreachable";
  switch (code) {
    case 1001:
    case 1012:
    case 1013:
      return "maintenance";
    case 1000:
      return "server_close";
    default:
      return "broken";
  }
}

/**
 * What is known of a close that came without a status.
 *
 * @param opened whether there was a link that a close frame could have ended.
 */
export function describeClose(opened: boolean, code: number | undefined, detail: string | undefined): string {
  const isSaid = detail !== undefined && detail !== "";
  if (!opened && isSaid) return detail;
  const frame = code === undefined ? "no close frame" : `close code ${code}`;
  return isSaid ? `${frame}, ${detail}` : frame;
}

/**
 * One sentence for people: what ended and what they can do about it.
 *
 * @param detail what the provider or the socket said; at most 200 characters of it are shown.
 */
export function explainDisconnect(
  reason: DisconnectReason,
  assetClass: AssetClass,
  detail: string | undefined,
): string {
  const known = detail === undefined || detail === "" ? undefined : cutText(detail);
  const said = known === undefined ? "nothing more is known" : `'${known}'`;
  switch (reason) {
    case "auth_failed":
      return `Cannot authenticate for ${assetClass}: the API key must be one that the provider accepts on this host, it answered ${said}`;
    case "not_entitled":
      return `Cannot stream ${assetClass}: the plan must include this asset class and its channels, the provider answered ${said}`;
    case "auth_timeout":
      return `Authentication for ${assetClass} did not come through in time: ${said}`;
    case "evicted":
      return `Another process of this account holds the connection slot for ${assetClass}: stop it, or raise the account's limit. The provider says ${said}`;
    case "slow_consumer":
      return `The provider gave up on this client because it reads ${assetClass} too slowly: ${said}`;
    case "maintenance":
      return `The provider goes away or restarts (${assetClass}): ${said}`;
    case "server_close":
      return `The provider closed the connection for ${assetClass}: ${said}`;
    case "broken":
      return `The link for ${assetClass} broke: ${said}`;
    case "unreachable":
      // The words of our own connector, with quotes of their own.
      return `The provider's server for ${assetClass} cannot be reached: ${known ?? said}`;
    case "ours":
      return `The connection for ${assetClass} was closed on request`;
  }
}
