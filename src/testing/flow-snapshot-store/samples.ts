import type { FlowSnapshot, FlowTotals, GridSnapshot } from "../../domain/flow/snapshot.ts";
import { SAMPLE_TIME_NS } from "../samples.ts";

export function sampleFlowTotals(overrides: Partial<FlowTotals> = {}): FlowTotals {
  return {
    prints: 12,
    contracts: 70,
    premium_usd: 53_900.3,
    bought: { prints: 5, contracts: 30, premium_usd: 23_100.1 },
    sold: { prints: 4, contracts: 31, premium_usd: 23_870.8 },
    unsigned: { prints: 3, contracts: 9, premium_usd: 6_929.400000000001 },
    signed_contracts: -1,
    signed_premium_usd: -770.7,
    expected_contracts: 0.66,
    rated_contracts: 58,
    side_accuracy: 0.665,
    delta_flow_units: 1 / 3,
    delta_missing_prints: 2,
    apart: {
      multi_leg: { prints: 2, contracts: 7 },
      cross: { prints: 1, contracts: 3 },
      compression: { prints: 0, contracts: 0 },
      late_report: { prints: 4, contracts: 11 },
    },
    ...overrides,
  };
}

export function sampleFlow(overrides: Partial<FlowSnapshot> = {}): FlowSnapshot {
  return {
    schema_version: 3,
    underlying: "SPX",
    as_of_ns: `${SAMPLE_TIME_NS}`,
    watermark_ns: null,
    windows: [
      { seconds: 1, ...sampleFlowTotals() },
      { seconds: 10, ...sampleFlowTotals({ signed_premium_usd: null, delta_flow_units: null }) },
    ],
    day: sampleFlowTotals(),
    contracts_per_sec: 0.1 + 0.7,
    top_contracts: [{ contract: "O:SPXW251223P06870000", contracts_per_sec: 1 / 3, day_contracts: 42 }],
    trading_day: "2025-12-22",
    ...overrides,
  };
}

export function sampleGrid(overrides: Partial<GridSnapshot> = {}): GridSnapshot {
  return {
    schema_version: 3,
    underlying: "SPX",
    expiration: "2025-12-23",
    as_of_ns: `${SAMPLE_TIME_NS}`,
    watermark_ns: `${SAMPLE_TIME_NS - 1n}`,
    trading_day: "2025-12-22",
    day: sampleFlowTotals(),
    contracts_per_sec: 5e-324,
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
        bought_volume: 15,
        sold_volume: 20,
        signed_volume: -5,
        signed_premium_usd: -3_850.0000000000005,
        expected_volume: -1.65,
        delta_flow_units: 215.5,
        delta_missing_prints: 0,
        multi_leg_volume: 7,
        cross_volume: 3,
        compression_volume: 0,
        late_report_volume: 11,
        contracts_per_sec: 5e-324,
      },
    ],
    ...overrides,
  };
}
