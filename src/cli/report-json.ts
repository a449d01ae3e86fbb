import { CONTRACT_MULTIPLIER, premiumUsd } from "../domain/flow/multiplier.ts";
import type { HydrationCounter } from "../domain/hydration/effects.ts";
import { SCHEMA_VERSION } from "../domain/market/batch.ts";
import { type ExpirationSums, tradesPerSec } from "./expiration-tally.ts";
import { gapFields } from "./gap-fields.ts";
import type { ReplayLevels } from "./levels/replay-levels.ts";
import { quarantineFields } from "./quarantine-fields.ts";
import type { ReplayReport } from "./replay-report.ts";

const RATE_DIGITS = 9;

/** Those that depend on the recording alone; the rest tells how the run went. */
const COUNTERS: readonly HydrationCounter[] = [
  "seen",
  "frames",
  "bytes",
  "events",
  "trades",
  "quotes",
  "values",
  "statuses",
  "other",
  "invalid",
  "duplicates",
  "late",
  "late_reports",
  "cancels",
  "unmatched_cancels",
  "repeated",
  "gaps",
];

/**
 * A replay as one JSON document. It says nothing of clocks and speeds: the same recording gives the same text, byte for
 * byte, on every runtime. Names have their units; `_ns` are decimal strings of nanoseconds of event time, `_ms` receipt
 * times; missing is `null`.
 *
 * Counts are of everything, samples are the first ones: at most 20 refusals, and at most 1,000 gaps without those of
 * cause `quarantine`, of which the refusals tell more. Of `entries` those were stored that no replay of the recording had
 * stored before; all else is of what this replay hydrated, and `hydrated_by` names who did where it did not.
 */
export function reportJson(report: ReplayReport): string {
  const { stoppedBy, tornTail, entries, hydratedBy, results, flows, grids, levels } = report;
  const { gaps, quarantine, counters } = results;
  const document = {
    schema_version: SCHEMA_VERSION,
    complete: stoppedBy === undefined,
    stopped_by: stoppedBy ?? null,
    torn_tail: tornTail === undefined ? null : { line: tornTail.line, characters: tornTail.text.length },
    entries,
    hydrated_by: hydratedBy ?? null,
    counters: Object.fromEntries(COUNTERS.map((name) => [name, counters[name] ?? 0])),
    expirations: results.expirations().map(expirationJson),
    gaps: {
      count: gaps.count,
      by_cause: Object.fromEntries(gaps.byCause()),
      samples: gaps.samples().map(gapFields),
    },
    quarantine: {
      count: quarantine.count,
      reasons: quarantine.reasons(),
      samples: quarantine.samples().map(quarantineFields),
    },
    flows,
    grids,
    levels: levels.map(levelsJson),
  };
  return `${JSON.stringify(document, withPortableRates)}\n`;
}

/** Decayed rates come from exponentials, in whose last digits engines differ. */
function withPortableRates(name: string, value: unknown): unknown {
  return name === "contracts_per_sec" && typeof value === "number" ? Number(value.toPrecision(RATE_DIGITS)) : value;
}

/** Digits that every engine agrees on: exponentials and logarithms are behind these figures. */
const LEVEL_DIGITS = 9;

function levelsJson({
  symbol,
  asOfMs,
  chainReceivedAtMs,
  spotPts,
  exposures,
  cheapestButterfly,
}: ReplayLevels): object {
  const { sign_model: signModel = null, totals, walls, repriced } = exposures ?? {};
  const levels = {
    symbol,
    as_of_ms: asOfMs,
    chain_received_ms: chainReceivedAtMs,
    spot_pts: spotPts,
    basis: exposures === null ? null : "open_interest",
    sign_model: signModel,
    gex_usd_per_pct: totals?.gex_usd_per_pct ?? null,
    walls: walls ?? null,
    flip: repriced?.flip ?? null,
    flip_status: repriced?.status ?? null,
    cheapest_butterfly: cheapestButterfly,
  };
  return JSON.parse(JSON.stringify(levels), (_, value) => {
    return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(LEVEL_DIGITS)) : value;
  });
}

function expirationJson(sums: ExpirationSums): object {
  return {
    underlying: sums.underlying,
    expiration: sums.expiration,
    trades: sums.trades,
    contracts: sums.contracts,
    premium_usd: premiumUsd(sums.premiumMicros, CONTRACT_MULTIPLIER),
    call_contracts: sums.callContracts,
    put_contracts: sums.putContracts,
    first_ns: sums.firstTsNs.toString(),
    last_ns: sums.lastTsNs.toString(),
    trades_per_sec: tradesPerSec(sums),
  };
}
