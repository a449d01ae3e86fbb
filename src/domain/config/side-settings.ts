import { SIDE_RULES } from "../flow/published-accuracy.ts";
import { SIDE_MEMORY_MS } from "../flow/side-feed.ts";
import { DEFAULT_SIDE_OPTIONS, type SideOptions } from "../flow/side-options.ts";
import { oneOf, wholeNumber } from "./kinds.ts";
import { type Setting, setting } from "./setting.ts";
import type { SettingName, StrikewireConfig } from "./strikewire-config.ts";

type SideName = Extract<SettingName, `side${string}`>;

const milliseconds = wholeNumber(0, SIDE_MEMORY_MS, "milliseconds");

/** Settings of the side of prints. */
export const SIDE_SETTINGS: { readonly [Name in SideName]: Setting<StrikewireConfig[Name]> } = {
  sideRule: setting(
    "MASSIVE_SIDE_RULE",
    DEFAULT_SIDE_OPTIONS.rule,
    oneOf(SIDE_RULES),
    "how the side of a print is told: by quote, by tick, as Lee and Ready (lr) and others do, or by all in order (stack)",
  ),
  sideMinQuoteAgeMs: setting(
    "MASSIVE_SIDE_MIN_QUOTE_AGE_MS",
    DEFAULT_SIDE_OPTIONS.minQuoteAgeMs,
    milliseconds,
    "by so much a quote must be older than a print to count, ms; with 0 those of the same ms count",
  ),
  sideMaxStreamAgeMs: setting(
    "MASSIVE_SIDE_MAX_STREAM_AGE_MS",
    DEFAULT_SIDE_OPTIONS.maxStreamAgeMs,
    milliseconds,
    "a streamed quote above this age is stale, ms",
  ),
  sideMaxSubstrateAgeMs: setting(
    "MASSIVE_SIDE_MAX_SUBSTRATE_AGE_MS",
    DEFAULT_SIDE_OPTIONS.maxSubstrateAgeMs,
    milliseconds,
    "a quote of a fetched chain above this age is stale, ms",
  ),
  sideStandInMs: setting(
    "MASSIVE_SIDE_STAND_IN_MS",
    DEFAULT_SIDE_OPTIONS.standInMs,
    milliseconds,
    "a quote younger than this takes the place of a crossed or one-sided one, ms",
  ),
};

/** How sides are told. */
export function sideOptionsOf(config: Pick<StrikewireConfig, SideName>): SideOptions {
  return {
    rule: config.sideRule,
    minQuoteAgeMs: config.sideMinQuoteAgeMs,
    maxStreamAgeMs: config.sideMaxStreamAgeMs,
    maxSubstrateAgeMs: config.sideMaxSubstrateAgeMs,
    standInMs: config.sideStandInMs,
  };
}
