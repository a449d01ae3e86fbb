import type { OptionTrade } from "../../src/domain/market/rows.ts";

/** A print of one SPXW put, with anything changed. `tMs` is the event time. */
export function optionTrade(tMs: number, change: Partial<OptionTrade> = {}): OptionTrade {
  return {
    type: "optionTrade",
    contract: "O:SPXW251223P06870000",
    root: "SPXW",
    underlying: "SPX",
    expiration: "2025-12-23",
    right: "P",
    strike: 6870,
    tradeTsNs: BigInt(tMs) * 1_000_000n,
    price: 7.7,
    size: 1,
    conditions: undefined,
    exchange: undefined,
    sequence: undefined,
    receivedAtMs: undefined,
    side: undefined,
    ...change,
  };
}
