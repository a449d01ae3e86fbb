import type { TradingCalendar } from "../../domain/market/trading-calendar.ts";
import type { ModelLimits, ModelStatus } from "../../domain/model/definition/freshness.ts";
import type { ModelDefinition } from "../../domain/model/definition/model-definition.ts";
import type { ModelMoment } from "../../domain/model/definition/model-run.ts";
import { type ModelSpot, modelSpot } from "../../domain/model/definition/model-spot.ts";
import type { DealerPositions } from "../../ports/dealer-positions.ts";
import { EpochView } from "./epoch-view.ts";
import { FlowPositions } from "./flow-positions.ts";
import type { ModelBuilderPorts } from "./model-builder-ports.ts";
import { type ModelUpdate, PublishedModel } from "./published-model.ts";

/** What the models of a symbol are built by. */
export interface SymbolModelsOptions {
  readonly definitions: readonly ModelDefinition[];
  readonly limits: ModelLimits;
  readonly calendar: TradingCalendar;
  /** Names the process in leases. */
  readonly owner: string;
}

/** All models of one symbol: reads what they are computed from once, for all of them. */
export class SymbolModels {
  readonly symbol: string;
  readonly #ports: ModelBuilderPorts;
  readonly #calendar: TradingCalendar;
  readonly #view: EpochView;
  readonly #models: readonly PublishedModel[];
  readonly #flow: DealerPositions;
  #spot: ModelSpot = { spotPts: null, spotMs: null };
  #positions: ReadonlyMap<string, number> | null = null;

  /** @param symbol without `I:`. */
  constructor(symbol: string, ports: ModelBuilderPorts, { definitions, limits, calendar, owner }: SymbolModelsOptions) {
    this.symbol = symbol;
    this.#ports = ports;
    this.#calendar = calendar;
    this.#view = new EpochView(symbol, owner, ports);
    this.#flow = ports.dealerPositions ?? new FlowPositions(ports.snapshots, calendar, ports.logger);
    this.#models = definitions.map((definition) => new PublishedModel(definition, limits, symbol, ports));
  }

  /** How the models stand, as published last. */
  get statuses(): readonly ModelStatus[] {
    return this.#models.map(({ status }) => status);
  }

  /** Why computations failed, of the models whose last one did. */
  get troubles(): readonly string[] {
    return this.#models.flatMap(({ name, trouble }) => {
      return trouble === undefined ? [] : [`${name} of ${this.symbol}: ${trouble}`];
    });
  }

  /** The longest of the last computations, ms. */
  get tookMs(): number {
    return Math.max(0, ...this.#models.map(({ tookMs }) => tookMs));
  }

  /** How many messages were left out, another builder having published a newer one. */
  get superseded(): number {
    return this.#models.reduce((sum, { superseded }) => sum + superseded, 0);
  }

  /**
   * One round: reads what has changed, publishes what follows, and only then settles what was lent for it. Where it fails,
   * or another builder was faster, what was lent comes back by itself, and the next round builds everything anew.
   *
   * @param nextInMs when the next round begins at the latest.
   * @returns whether anything was published.
   */
  async build(nextInMs: number): Promise<boolean> {
    const { clock, epochs, models } = this.#ports;
    try {
      // Before anything is read: whoever reads later has the newer model.
      const ticket = await models.takeTicket();
      const { changed, lease } = await this.#view.read(clock.monotonic());
      const moment = await this.#moment();
      const hasMoved =
        moment.spotPts !== this.#spot.spotPts ||
        moment.spotMs !== this.#spot.spotMs ||
        moment.dealerPositions !== this.#positions;
      const outcomes: ModelUpdate[] = [];
      for (const model of this.#models)
        outcomes.push(await model.update(moment, changed, { ticket, hasMoved, nextInMs }));
      this.#spot = { spotPts: moment.spotPts, spotMs: moment.spotMs };
      this.#positions = moment.dealerPositions;
      const isSuperseded = outcomes.includes("superseded");
      if (isSuperseded) this.#forget();
      else if (lease !== undefined && (await epochs.settle(lease)) === "expired") {
        // Nothing is lost: the contracts are dirty again.
        this.#ports.logger.warn(`Building models of ${this.symbol} took longer than its contracts were lent for`);
      }
      return outcomes.includes("published");
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  #forget(): void {
    this.#view.forget();
    for (const model of this.#models) model.forget();
  }

  async #moment(): Promise<ModelMoment> {
    const { clock, spot } = this.#ports;
    const { symbol } = this;
    const { spotPts, spotMs } = modelSpot(await spot.latest(symbol));
    const asOfMs = Math.floor(clock.now());
    const tradingDay = this.#calendar.tradingDayAt(asOfMs);
    const { epoch, records, times, expirations } = this.#view;
    const book = await this.#flow.positions(symbol, tradingDay, expirations);
    return {
      symbol,
      epoch,
      asOfMs,
      tradingDay,
      calendar: this.#calendar,
      spotPts,
      spotMs,
      records,
      dealerPositions: book?.positions ?? null,
      dealerAccuracy: book?.accuracy ?? null,
      dealerPositionsMs: book?.asOfMs ?? null,
      times,
    };
  }
}
