import type { EpochDraft, SubstrateUpdate } from "../../src/domain/epoch/substrate.ts";
import { formatOptionTicker } from "../../src/domain/instrument/option-symbol.ts";

const HOUR_MS = 3_600_000;

/** An epoch of one expiration, with greeks and open interest. @param hash the last part of its id. */
export function largeEpoch(contracts: number, hash: string): EpochDraft {
  const createdAtMs = Date.now();
  const records = Array.from({ length: contracts }, (_, index) => {
    const strike = 2_000 + (index >> 1);
    const right = index % 2 === 0 ? ("C" as const) : ("P" as const);
    const parts = { root: "SPXW", expiration: "2026-12-18", right, strikeThousandths: strike * 1_000 };
    return {
      terms: {
        contract: formatOptionTicker(parts),
        underlying: "SPX",
        root: "SPXW",
        expiration: "2026-12-18",
        strike,
        right,
        multiplier: 100,
        style: "european" as const,
      },
      greeks: {
        greeksTsNs: 1n,
        delta: 0.5,
        gamma: 0.01,
        theta: -0.3,
        vega: 1.2,
        iv: 0.18,
        source: "provider" as const,
      },
      day: { openInterestDay: "2026-11-20", openInterest: 1_234 },
    };
  });
  return {
    id: `SPX:${Math.floor(createdAtMs / 1_000)}:${hash}`,
    symbol: "SPX",
    createdAtMs,
    validUntilMs: createdAtMs + HOUR_MS,
    geometryHash: hash,
    forced: false,
    dormantCount: 0,
    records,
  };
}

/** A quote for every contract; those of a higher round are newer. */
export function updatesOf({ records }: EpochDraft, round: bigint): readonly SubstrateUpdate[] {
  return records.map(({ terms: { contract } }, index) => ({
    contract,
    quote: {
      quoteTsNs: 1_000_000n * (round + 1n),
      bid: 1 + index / 100,
      ask: 1.1 + index / 100,
      bidSize: 10,
      askSize: 20,
    },
  }));
}
