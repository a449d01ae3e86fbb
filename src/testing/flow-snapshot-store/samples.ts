import type { FlowSnapshot, GridSnapshot } from "../../domain/flow/snapshot.ts";
import { SAMPLE_TIME_NS } from "../samples.ts";

export function sampleFlow(overrides: Partial<FlowSnapshot> = {}): FlowSnapshot {
  return {
    schema_version: 1,
    underlying: "SPX",
    as_of_ns: `${SAMPLE_TIME_NS}`,
    watermark_ns: null,
    windows: [
      { seconds: 1, prints: 2, contracts: 7, premium_usd: 5_390.1, signed_premium_usd: null },
      { seconds: 10, prints: 12, contracts: 70, premium_usd: 53_900.3, signed_premium_usd: -770.7 },
    ],
    contracts_per_sec: 0.1 + 0.7,
    top_contracts: [{ contract: "O:SPXW251223P06870000", contracts_per_sec: 1 / 3, day_contracts: 42 }],
    trading_day: "2025-12-22",
    ...overrides,
  };
}

export function sampleGrid(overrides: Partial<GridSnapshot> = {}): GridSnapshot {
  return {
    schema_version: 1,
    underlying: "SPX",
    expiration: "2025-12-23",
    as_of_ns: `${SAMPLE_TIME_NS}`,
    watermark_ns: `${SAMPLE_TIME_NS - 1n}`,
    trading_day: "2025-12-22",
    cells: [
      {
        root: "SPXW",
        strike: 6_870,
        right: "P",
        last: 7.7,
        last_size: 3,
        last_ns: `${SAMPLE_TIME_NS}`,
        volume: 42,
        prints: 11,
        premium_usd: 32_340.000000000004,
        signed_volume: -5,
        contracts_per_sec: 5e-324,
      },
    ],
    ...overrides,
  };
}
