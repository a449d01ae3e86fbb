/*
 * The keys that a replay leaves behind, as other services were promised them. They are written out here and not taken
 * from the sources: whoever changes a name, a type or a lifetime there breaks readers, and has to see it here.
 */

/** When a key ends; bounds are in ms since the Unix epoch. */
export type PublishedLife =
  | "endless"
  | ((times: {
      /** When the first write may have been, and when the key was looked at. */
      readonly beganAtMs: number;
      readonly readAtMs: number;
      readonly epochEndsAtMs: number;
      /** What the placeholders stand for. */
      readonly named: Readonly<Record<string, string>>;
    }) => readonly [leastMs: number, mostMs: number]);

export interface PublishedKey {
  readonly pattern: string;
  readonly type: string;
  readonly life: PublishedLife;
}

const DAY_MS = 86_400_000;

const within =
  (lifeMs: number): PublishedLife =>
  ({ beganAtMs, readAtMs }) => [beganAtMs + lifeMs, readAtMs + lifeMs];

/** One day after the expiry date, or after the last write, whichever is later. */
const dayAfterExpiry: PublishedLife = ({ beganAtMs, readAtMs, named }) => {
  const dayAfterMs = Date.parse(`${named["EXPIRY"]}T00:00:00Z`) + 2 * DAY_MS;
  return [Math.max(dayAfterMs, beganAtMs + DAY_MS), Math.max(dayAfterMs, readAtMs + DAY_MS)];
};

const withEpoch: PublishedLife = ({ epochEndsAtMs }) => [epochEndsAtMs, epochEndsAtMs];

/** Keys of the contract page. */
export const CONTRACT_KEYS: readonly PublishedKey[] = [
  { pattern: "massive:ws:stream", type: "stream", life: "endless" },
  { pattern: "massive:ws:producers", type: "hash", life: within(7 * DAY_MS) },
  { pattern: "massive:ws:hydrator:{partition}", type: "hash", life: "endless" },
  { pattern: "massive:ws:analytics", type: "hash", life: "endless" },
  { pattern: "massive:ws:gaps", type: "stream", life: "endless" },
  { pattern: "massive:ws:quarantine", type: "stream", life: "endless" },
  { pattern: "massive:trades:{UNDERLYING}:{EXPIRY}", type: "stream", life: dayAfterExpiry },
  { pattern: "massive:ws:snapshot:{UNDERLYING}", type: "string", life: within(30_000) },
  { pattern: "massive:ws:snapshot:{UNDERLYING}:{EXPIRY}", type: "string", life: within(30_000) },
  { pattern: "massive:ws:hydrate:analytics", type: "hash", life: "endless" },
  { pattern: "epoch:active", type: "hash", life: "endless" },
  // Its day begins when another epoch takes its place.
  { pattern: "epoch:meta:{id}", type: "hash", life: "endless" },
  { pattern: "epoch:{id}:contract:{contract_id}", type: "string", life: withEpoch },
  { pattern: "epoch:{id}:contracts", type: "set", life: withEpoch },
  { pattern: "epoch:{id}:had_ws_updates", type: "string", life: withEpoch },
  { pattern: "epoch:{id}:dirty_contracts", type: "set", life: withEpoch },
  { pattern: "epoch:dirty", type: "set", life: "endless" },
  { pattern: "epoch:timeline:{SYMBOL}", type: "list", life: "endless" },
];

/** Keys beside them: indexes and bookkeeping of the stores, which no reader needs but everybody can see. */
export const FURTHER_KEYS: readonly PublishedKey[] = [
  { pattern: "massive:ws:producers:used", type: "zset", life: within(7 * DAY_MS) },
  { pattern: "massive:ws:connections", type: "hash", life: "endless" },
  { pattern: "massive:ws:stream:state", type: "hash", life: "endless" },
  { pattern: "massive:ws:hydrators", type: "set", life: "endless" },
  { pattern: "massive:ws:hydrator:{partition}:ledgers", type: "hash", life: "endless" },
  { pattern: "massive:ws:hydrator:{partition}:totals", type: "zset", life: "endless" },
  { pattern: "massive:ws:hydrator:{partition}:totals:{UNDERLYING}:{EXPIRY}", type: "hash", life: dayAfterExpiry },
  { pattern: "massive:trades", type: "zset", life: "endless" },
];

const FORMS: Readonly<Record<string, string>> = {
  partition: "\\d+",
  UNDERLYING: "[A-Z]+",
  SYMBOL: "[A-Z]+",
  EXPIRY: "\\d{4}-\\d\\d-\\d\\d",
  id: "[A-Z]+:\\d{10}:[0-9a-z]+",
  contract_id: "O:[A-Z]+\\d{6}[CP]\\d{8}",
};

/** What the placeholders of a pattern stand for in a name; `undefined` where the name is none of the pattern's. */
export function matchName(pattern: string, name: string): Readonly<Record<string, string>> | undefined {
  const form = pattern.replaceAll(/\{(\w+)\}/g, (_, placeholder: string) => `(?<${placeholder}>${FORMS[placeholder]})`);
  const match = new RegExp(`^${form}$`).exec(name);
  return match === null ? undefined : { ...match.groups };
}
