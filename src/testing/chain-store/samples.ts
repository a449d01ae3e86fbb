import type { ChainCompletion, ChainContract, ChainContractId, ChainSnapshot } from "../../domain/context/chain.ts";
import { SAMPLE_TIME_MS } from "../samples.ts";

export function sampleContractId(overrides: Partial<ChainContractId> = {}): ChainContractId {
  return {
    underlying: "SPX",
    root: "SPXW",
    expiration: "2025-12-23",
    right: "P",
    strikeThousandths: 6_870_500,
    ...overrides,
  };
}

/** A contract with a text that no parser and writer of JSON would leave alone. */
export function sampleChainContract(overrides: Partial<ChainContractId> = {}): ChainContract {
  const id = sampleContractId(overrides);
  return {
    id,
    json: `{"details":{"strike_price": ${id.strikeThousandths / 1_000},"shares_per_contract":100.0},"greeks":{},"n":"é€😀","t":1766437799445123457,"c":[]}`,
  };
}

export function sampleChainSnapshot(overrides: Partial<ChainSnapshot> = {}): ChainSnapshot {
  return {
    symbol: "SPX",
    expirations: ["2025-12-23", "2025-12-24"],
    contracts: 3,
    latency_ms: 812,
    health: "ok",
    epoch: "SPX:1766437799:0f1e2d",
    ts: SAMPLE_TIME_MS / 1_000,
    geometry_hash: "0f1e2d",
    strike_min: 6_000.5,
    strike_max: 7_120,
    tickers: ["O:SPXW251223C06000500", "O:SPXW251223P07120000", "O:SPXW251224C07120000"],
    pages: ['{"results":[ ]}', "é€😀"],
    ...overrides,
  };
}

/** The end of a fetch of this snapshot. */
export function sampleCompletion(
  snapshot: Partial<ChainSnapshot> = {},
  overrides: Partial<Omit<ChainCompletion, "snapshot">> = {},
): ChainCompletion {
  return {
    snapshot: sampleChainSnapshot(snapshot),
    stalenessMs: 15_250.5,
    slaViolated: false,
    promotion: "none",
    publishFailures: 0,
    ...overrides,
  };
}
