import { copyOf, noBuckets } from "../flow/flow-buckets.ts";
import { addFlow, EDGE_SCALE, type FlowSums, noFlow } from "../flow/flow-sums.ts";
import { CONTRACT_MULTIPLIER, inStandardUnits, premiumUsd } from "../flow/multiplier.ts";
import {
  FLOW_SCHEMA_VERSION,
  type FlowSide,
  type FlowSnapshot,
  type FlowTotals,
  type GridCell,
  type GridSnapshot,
} from "../flow/snapshot.ts";
import type { StreamLedger } from "../stream/stream-ledger.ts";
import type { ContractState } from "./contract-state.ts";
import type { HydrationState } from "./state.ts";

const TOP_CONTRACTS = 10;
const NS_PER_MS = 1_000_000n;

/** How far the connections of a state have come. */
interface Progress {
  readonly asOfNs: bigint;
  readonly asOfMs: number;
  readonly watermarkNs: string | null;
  readonly day: string;
}

/** What trades in one underlying; `undefined` before the first row. */
export function flowSnapshot(state: HydrationState, underlying: string): FlowSnapshot | undefined {
  const progress = progressOf(state);
  if (progress === undefined) return undefined;
  const { asOfMs } = progress;
  const contracts = contractsOf(state, underlying);
  let total = 0;
  const daySums = noFlow();
  const rates = contracts.map((contract) => {
    if (contract.day === progress.day) addFlow(daySums, inStandardUnits(contract.sums, contract.multiplier), 1);
    const contractsPerSec = contract.contractsPerSec(asOfMs);
    total += contractsPerSec;
    return { contract, contractsPerSec };
  });
  // Sorting is stable and the contracts come by ticker: equal rates stand in ticker order.
  rates.sort((a, b) => b.contractsPerSec - a.contractsPerSec);
  return {
    schema_version: FLOW_SCHEMA_VERSION,
    underlying,
    as_of_ns: progress.asOfNs.toString(),
    watermark_ns: progress.watermarkNs,
    windows: state
      .windowsOf(underlying)
      .read(asOfMs)
      .map(({ lengthMs, ...sums }) => ({ seconds: lengthMs / 1_000, ...flowTotals(sums) })),
    day: flowTotals(daySums),
    contracts_per_sec: total,
    top_contracts: rates.slice(0, TOP_CONTRACTS).map(({ contract, contractsPerSec }) => ({
      contract: contract.terms.ticker,
      contracts_per_sec: contractsPerSec,
      day_contracts: contract.day === progress.day ? contract.volume : 0,
    })),
    trading_day: progress.day,
  };
}

/** The grid of one underlying and expiration; `undefined` before the first row. */
export function gridSnapshot(state: HydrationState, underlying: string, expiration: string): GridSnapshot | undefined {
  const progress = progressOf(state);
  if (progress === undefined) return undefined;
  const cells: GridCell[] = [];
  const daySums = noFlow();
  let total = 0;
  for (const contract of contractsOf(state, underlying, expiration)) {
    const contractsPerSec = contract.contractsPerSec(progress.asOfMs);
    total += contractsPerSec;
    if (contract.day !== progress.day) continue;
    const totals = contract.totals();
    if (totals === undefined) continue;
    const sums = inStandardUnits(totals, contract.multiplier);
    addFlow(daySums, sums, 1);
    const { signed_contracts, signed_premium_usd, expected_contracts, delta_flow_units, delta_missing_prints } =
      signedFlow(sums);
    const { buckets } = totals;
    cells.push({
      root: totals.root,
      strike: totals.strike,
      right: totals.right,
      last: totals.last,
      last_size: totals.lastSize,
      last_ns: totals.lastSaleTsNs?.toString() ?? null,
      volume: totals.contracts,
      prints: totals.prints,
      premium_usd: usdOf(sums.premiumMicros),
      bought_volume: totals.boughtContracts,
      sold_volume: totals.soldContracts,
      signed_volume: signed_contracts,
      signed_premium_usd,
      expected_volume: expected_contracts,
      delta_flow_units,
      delta_missing_prints,
      multi_leg_volume: buckets?.multi_leg.contracts ?? 0,
      cross_volume: buckets?.cross.contracts ?? 0,
      compression_volume: buckets?.compression.contracts ?? 0,
      late_report_volume: buckets?.late_report.contracts ?? 0,
      contracts_per_sec: contractsPerSec,
    });
  }
  cells.sort(byRootStrikeRight);
  return {
    schema_version: FLOW_SCHEMA_VERSION,
    underlying,
    expiration,
    as_of_ns: progress.asOfNs.toString(),
    watermark_ns: progress.watermarkNs,
    trading_day: progress.day,
    day: flowTotals(daySums),
    contracts_per_sec: total,
    cells,
  };
}

/** Sums as they are published. @param sums in standard units. */
export function flowTotals(sums: FlowSums): FlowTotals {
  const { boughtPrints, boughtContracts, boughtPremiumMicros, soldPrints, soldContracts, soldPremiumMicros } = sums;
  const { ratedContracts, boughtEdge, soldEdge } = sums;
  const { delta_flow_units, delta_missing_prints, ...signed } = signedFlow(sums);
  const signedPrints = boughtPrints + soldPrints;
  return {
    ...flowSide(sums.prints, sums.contracts, sums.premiumMicros),
    bought: flowSide(boughtPrints, boughtContracts, boughtPremiumMicros),
    sold: flowSide(soldPrints, soldContracts, soldPremiumMicros),
    unsigned: flowSide(
      sums.prints - signedPrints,
      sums.contracts - boughtContracts - soldContracts,
      sums.premiumMicros - boughtPremiumMicros - soldPremiumMicros,
    ),
    ...signed,
    rated_contracts: ratedContracts,
    side_accuracy: ratedContracts === 0 ? null : (1 + (boughtEdge + soldEdge) / EDGE_SCALE / ratedContracts) / 2,
    delta_flow_units,
    delta_missing_prints,
    apart: sums.buckets === undefined ? noBuckets() : copyOf(sums.buckets),
  };
}

/** What is bought minus sold; `null` where nothing is. */
function signedFlow(
  sums: FlowSums,
): Pick<
  FlowTotals,
  "signed_contracts" | "signed_premium_usd" | "expected_contracts" | "delta_flow_units" | "delta_missing_prints"
> {
  const { boughtContracts, boughtPremiumMicros, soldContracts, soldPremiumMicros, deltaPrints, deltaMicros } = sums;
  const signedPrints = sums.boughtPrints + sums.soldPrints;
  return {
    signed_contracts: signedPrints === 0 ? null : boughtContracts - soldContracts,
    signed_premium_usd: signedPrints === 0 ? null : usdOf(boughtPremiumMicros - soldPremiumMicros),
    expected_contracts: sums.ratedContracts === 0 ? null : (sums.boughtEdge - sums.soldEdge) / EDGE_SCALE,
    delta_flow_units: deltaPrints === 0 ? null : (deltaMicros * CONTRACT_MULTIPLIER) / 1e6,
    delta_missing_prints: signedPrints - deltaPrints,
  };
}

function flowSide(prints: number, contracts: number, premiumMicros: number): FlowSide {
  return { prints, contracts, premium_usd: usdOf(premiumMicros) };
}

function usdOf(premiumMicros: number): number {
  return premiumUsd(premiumMicros, CONTRACT_MULTIPLIER);
}

/** Traded contracts of an underlying by ticker. */
function contractsOf(state: HydrationState, underlying: string, expiration?: string): readonly ContractState[] {
  return state
    .contractsOn(underlying)
    .filter(({ day, terms }) => day !== "" && (expiration === undefined || terms.expiration === expiration));
}

function progressOf(state: HydrationState): Progress | undefined {
  const ledgers = state.ledgers();
  // Over all connections and epochs: windows are fed by each of them, and can be read as of their newest print only.
  let asOfNs: bigint | undefined;
  for (const { maxEventTsNs } of ledgers) {
    if (maxEventTsNs !== undefined && (asOfNs === undefined || maxEventTsNs > asOfNs)) asOfNs = maxEventTsNs;
  }
  if (asOfNs === undefined) return undefined;
  return {
    asOfNs,
    asOfMs: Number(asOfNs / NS_PER_MS),
    watermarkNs: watermarkOf(ledgers)?.toString() ?? null,
    day: state.tradingDays.dayOf(asOfNs),
  };
}

/** The lowest watermark of the option connections, each by its newest epoch; `undefined` while one has none. */
function watermarkOf(ledgers: readonly StreamLedger[]): bigint | undefined {
  const newest = new Map(
    ledgers.filter(({ connection }) => connection.startsWith("options/")).map((ledger) => [ledger.connection, ledger]),
  );
  let lowest: bigint | undefined;
  for (const ledger of newest.values()) {
    const watermarkTsNs = ledger.watermark()?.watermarkTsNs;
    if (watermarkTsNs === undefined) return undefined;
    if (lowest === undefined || watermarkTsNs < lowest) lowest = watermarkTsNs;
  }
  return lowest;
}

function byRootStrikeRight(a: GridCell, b: GridCell): number {
  if (a.root !== b.root) return a.root < b.root ? -1 : 1;
  if (a.strike !== b.strike) return a.strike - b.strike;
  return a.right < b.right ? -1 : a.right > b.right ? 1 : 0;
}
