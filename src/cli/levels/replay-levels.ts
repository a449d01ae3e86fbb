import { valueFor } from "../../domain/config/per-symbol.ts";
import { readConfig } from "../../domain/config/read-config.ts";
import { epochId, geometryHash } from "../../domain/epoch/geometry.ts";
import type { EpochId, SubstrateRecord } from "../../domain/epoch/substrate.ts";
import { EXCHANGE_CALENDAR } from "../../domain/market/trading-calendar.ts";
import type { ModelDefinition } from "../../domain/model/definition/model-definition.ts";
import { recordTimes } from "../../domain/model/definition/model-inputs.ts";
import { ModelRun } from "../../domain/model/definition/model-run.ts";
import { type BasisData, type GexData, gexModel } from "../../domain/model/gex/index.ts";
import { type CheapestButterfly, type HeatmapData, heatmapModel } from "../../domain/model/heatmap/index.ts";
import type { EpochStore } from "../../ports/epoch-store.ts";
import type { SubstrateStore } from "../../ports/substrate-store.ts";
import type { RecordedChain } from "./recorded-chains.ts";

/** The levels of an underlying at the end of a replay: its recorded chain, with the quotes and trades that were replayed. */
export interface ReplayLevels {
  readonly symbol: string;
  readonly asOfMs: number;
  readonly chainReceivedAtMs: number;
  readonly spotPts: number | null;
  /** On open interest; `null` where it cannot be told. */
  readonly exposures: Pick<BasisData, "sign_model" | "totals" | "walls" | "repriced"> | null;
  readonly cheapestButterfly: CheapestButterfly | null;
}

/** How long a staged epoch is readable: longer than any replay. */
const VALID_MS = 30 * 86_400_000;

/** Recorded chains as epochs that a replay streams into, and what follows from them at its end. */
export class ChainLevels {
  readonly #chains: readonly RecordedChain[];
  readonly #ports: { readonly epochs: EpochStore; readonly substrate: SubstrateStore };
  readonly #epochs = new Map<string, EpochId>();

  constructor(
    chains: readonly RecordedChain[],
    ports: { readonly epochs: EpochStore; readonly substrate: SubstrateStore },
  ) {
    this.#chains = chains;
    this.#ports = ports;
  }

  /** Makes an epoch of each chain, so that what is hydrated reaches its contracts. @param nowMs by the store's clock. */
  async promote(nowMs: number): Promise<void> {
    const { epochs } = this.#ports;
    const createdAtMs = Math.floor(nowMs);
    for (const { symbol, records } of this.#chains) {
      const hash = geometryHash(records.map(({ terms }) => terms.contract));
      const id = epochId(symbol, createdAtMs, hash);
      const validUntilMs = createdAtMs + VALID_MS;
      await epochs.stage({
        ...{ id, symbol, createdAtMs, validUntilMs, geometryHash: hash, forced: false, dormantCount: 0 },
        records,
      });
      await epochs.promote(null, id);
      this.#epochs.set(symbol, id);
    }
  }

  /** @param lastMs when the last print that was replayed is from. */
  async levels(lastMs: number): Promise<readonly ReplayLevels[]> {
    const levels: ReplayLevels[] = [];
    for (const chain of this.#chains) {
      const epoch = this.#epochs.get(chain.symbol);
      const records = epoch === undefined ? null : await this.#ports.substrate.records(epoch);
      if (epoch !== undefined && records !== null) levels.push(levelsOf(chain, epoch, records, lastMs));
    }
    return levels;
  }
}

function levelsOf(
  { symbol, receivedAtMs, spot }: RecordedChain,
  epoch: EpochId,
  records: readonly SubstrateRecord[],
  lastMs: number,
): ReplayLevels {
  const asOfMs = Math.floor(Math.max(receivedAtMs, lastMs));
  const spotPts = spot?.value ?? null;
  const moment = {
    ...{ symbol, epoch, asOfMs, spotPts, calendar: EXCHANGE_CALENDAR, dealerPositions: null },
    ...{ dealerAccuracy: null, dealerPositionsMs: null },
    tradingDay: EXCHANGE_CALENDAR.tradingDayAt(asOfMs),
    spotMs: spot === null ? null : Number(spot.valueTsNs / 1_000_000n),
    records: new Map(records.map((record) => [record.terms.contract, record])),
    times: recordTimes(records),
  };
  const { config } = readConfig({});
  const rate = config.modelRate;
  const dividendYield = (name: string): number => valueFor(config.modelDividendYield, name);
  // A recording is as old as it is: nothing in it is too old to be told. Tiles alone want quotes of one time.
  const maxAgeMs = Number.MAX_SAFE_INTEGER;
  const data = <Data extends object>(definition: ModelDefinition<Data>): Data | null => {
    const run = new ModelRun(definition, { maxAgeMs, spotStaleMs: maxAgeMs, chainStaleMs: maxAgeMs });
    return run.step(moment, null).message.data;
  };
  const gex: GexData | null = data(gexModel({ rate, dividendYield, greeksFreshMs: maxAgeMs, maxAgeMs }));
  const heatmap: HeatmapData | null = data(heatmapModel({ widths: config.modelWidths, rate, dividendYield }));
  return {
    symbol,
    asOfMs,
    chainReceivedAtMs: receivedAtMs,
    spotPts,
    exposures: gex?.open_interest ?? null,
    cheapestButterfly: heatmap?.cheapest_butterfly ?? null,
  };
}
