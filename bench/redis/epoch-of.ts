import type { EpochDraft } from "../../src/domain/epoch/substrate.ts";
import { parseOptionTicker } from "../../src/domain/instrument/option-symbol.ts";

const HOUR_MS = 3_600_000;

/** An epoch of SPX with these contracts, made now. */
export function epochOf(contracts: readonly string[]): EpochDraft {
  const createdAtMs = Date.now();
  return {
    id: `SPX:${Math.floor(createdAtMs / 1_000)}:bench`,
    symbol: "SPX",
    createdAtMs,
    validUntilMs: createdAtMs + HOUR_MS,
    geometryHash: "bench",
    forced: false,
    dormantCount: 0,
    records: contracts.map(recordOf),
  };
}

function recordOf(contract: string): EpochDraft["records"][number] {
  const terms = parseOptionTicker(contract);
  if (terms === undefined) throw new TypeError(`Cannot make an epoch: a contract must be an option, not ${contract}`);
  const { root, expiration, right, strikeThousandths } = terms;
  return {
    terms: {
      contract,
      underlying: "SPX",
      root,
      expiration,
      strike: strikeThousandths / 1_000,
      right,
      multiplier: 100,
      style: "european",
    },
    greeks: {
      greeksTsNs: 1n,
      delta: 0.5,
      gamma: 0.01,
      theta: -0.3,
      vega: 1.2,
      iv: 0.18,
      source: "provider",
    },
    day: { openInterestDay: "2026-11-20", openInterest: 1_234 },
  };
}
