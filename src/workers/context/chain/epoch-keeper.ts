import { nextExpiryMs } from "../../../domain/epoch/expirations.ts";
import type { OpenInterestPins } from "../../../domain/epoch/open-interest.ts";
import type { ActiveEpoch, PromotionDecision } from "../../../domain/epoch/promotion.ts";
import type { EpochDraft, EpochId, SubstrateRecord } from "../../../domain/epoch/substrate.ts";
import type { TradingCalendar } from "../../../domain/market/trading-calendar.ts";
import type { EpochStore } from "../../../ports/epoch-store.ts";
import type { SubstrateStore } from "../../../ports/substrate-store.ts";

/** What an epoch is kept in. */
export interface EpochKeeperPorts {
  readonly epochs: EpochStore;
  readonly substrate: SubstrateStore;
}

/** What became of a decision. */
export type Promotion = "none" | "promoted" | "forced";

/** Carries out what is decided about the epochs of one symbol, and knows which is active. */
export class EpochKeeper {
  readonly #ports: EpochKeeperPorts;
  readonly #symbol: string;
  readonly #pins: OpenInterestPins;
  #active: ActiveEpoch | null = null;

  /** @param symbol without `I:`. */
  constructor(ports: EpochKeeperPorts, symbol: string, pins: OpenInterestPins) {
    this.#ports = ports;
    this.#symbol = symbol;
    this.#pins = pins;
  }

  /** As it was when it was last looked at. */
  get active(): ActiveEpoch | null {
    return this.#active;
  }

  get activeId(): EpochId | null {
    return this.#active?.meta.id ?? null;
  }

  /** Looks which epoch is active: another worker may have promoted one, or nobody has renewed ours. */
  async look(): Promise<void> {
    const { epochs, substrate } = this.#ports;
    const before = this.#active;
    const id = await epochs.active(this.#symbol);
    if (id === this.activeId) return;
    const [meta, records] = id === null ? [null, null] : await Promise.all([epochs.meta(id), substrate.records(id)]);
    // A promotion of our own that came meanwhile is newer than what was read.
    if (this.#active !== before) return;
    if (meta === null || records === null) {
      this.#active = null;
      return;
    }
    this.#pins.restore(records);
    this.#active = { meta, records: byTicker(records) };
  }

  /** Does what was decided of a fetch; loses to another worker that was faster, without a trace. */
  async apply(decision: PromotionDecision): Promise<Promotion> {
    if (decision.kind !== "promote") {
      await this.#merge(decision.records);
      return "none";
    }
    const { epochs } = this.#ports;
    const { draft, forced } = decision;
    // What the decision was made on: others may look at another one meanwhile.
    const expected = this.activeId;
    const isPromoted = (await this.#stage(draft)) && (await epochs.promote(expected, draft.id)) === "promoted";
    const meta = isPromoted ? await epochs.meta(draft.id) : null;
    if (meta === null) {
      await this.look();
      return "none";
    }
    this.#active = { meta, records: byTicker(draft.records) };
    return forced ? "forced" : "promoted";
  }

  /**
   * Has the active epoch live for `ttlMs` from now on, be there new values or not: models need the old ones, too. One of
   * which every contract has settled is left to its end.
   */
  async renew(nowMs: number, ttlMs: number, calendar: TradingCalendar): Promise<void> {
    await this.look();
    if (this.#active === null) return;
    const { meta, records } = this.#active;
    const terms = [...records.values()].map((record) => record.terms);
    if (terms.length > 0 && nextExpiryMs(terms, nowMs, calendar) === null) return;
    await this.#ports.epochs.renew(meta.id, Math.floor(nowMs + ttlMs));
  }

  /** @returns `false` where another worker made an epoch of the same contracts within the same second: it has the name. */
  async #stage(draft: EpochDraft): Promise<boolean> {
    const { epochs } = this.#ports;
    try {
      await epochs.stage(draft);
      return true;
    } catch (error) {
      if (error instanceof TypeError && (await epochs.meta(draft.id)) !== null) return false;
      throw error;
    }
  }

  async #merge(records: readonly SubstrateRecord[]): Promise<void> {
    const id = this.activeId;
    if (id === null || records.length === 0) return;
    const updates = records.map(({ terms, ...values }) => ({ contract: terms.contract, ...values }));
    await this.#ports.substrate.mergeSnapshot(id, updates);
  }
}

function byTicker(records: readonly SubstrateRecord[]): ReadonlyMap<string, Pick<SubstrateRecord, "terms">> {
  return new Map(records.map(({ terms }) => [terms.contract, { terms }]));
}
