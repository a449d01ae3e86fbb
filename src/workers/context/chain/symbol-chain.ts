import type { ChainHealth } from "../../../domain/context/chain.ts";
import { endsFetching } from "../../../domain/context/fetch-backoff.ts";
import { Cadence, type CadenceOutcome, cadenceOutcome } from "../../../domain/epoch/cadence.ts";
import { ChainHistory, type ChainVerdict } from "../../../domain/epoch/chain-health.ts";
import { Dormancy } from "../../../domain/epoch/dormancy.ts";
import { OpenInterestPins } from "../../../domain/epoch/open-interest.ts";
import { decidePromotion } from "../../../domain/epoch/promotion.ts";
import { isStrikewireError, isTransient } from "../../../domain/errors.ts";
import { marketPhase, underlyingKind } from "../../../domain/market/session.ts";
import type { TradingCalendar } from "../../../domain/market/trading-calendar.ts";
import { Heart, reasonOf } from "../../heartbeat.ts";
import { FIRST_RETRY_MS, nextRetryMs } from "../../until-stored.ts";
import { ChainPublisher } from "./chain-publisher.ts";
import { ChainScope } from "./chain-scope.ts";
import type { ChainWorkerConfig, ChainWorkerOptions, ChainWorkerPorts } from "./chain-worker-ports.ts";
import { EpochKeeper } from "./epoch-keeper.ts";
import { type ChainRequest, fetchChain, type WholeChain } from "./fetch-chain.ts";
import { WantedContracts } from "./wanted-contracts.ts";

/** What symbols share. */
export interface ChainSurroundings {
  readonly calendar: () => TradingCalendar;
  /** Whether a source streams right now, as far as its heartbeat tells. */
  readonly isLinkAlive: () => Promise<boolean>;
}

const LOOK_MS = 1_000;
const NOT_OK: ReadonlySet<ChainHealth> = new Set(["partial", "collapsed"]);

/** Everything about the chain of one symbol: when and what to fetch, what it means, and that its epoch stays alive. */
export class SymbolChain {
  readonly symbol: string;
  readonly #underlying: string;
  readonly #config: ChainWorkerConfig;
  readonly #ports: ChainWorkerPorts;
  readonly #surroundings: ChainSurroundings;
  readonly #scope: ChainScope;
  readonly #cadence: Cadence;
  readonly #history: ChainHistory;
  readonly #dormancy: Dormancy;
  readonly #pins = new OpenInterestPins();
  readonly #keeper: EpochKeeper;
  readonly #wanted: WantedContracts;
  readonly #heart: Heart;
  #isForced = false;
  #dormantCount = 0;
  /** When something was streamed last, by the store's clock, and when we found that, by ours. */
  #streamed: { readonly storedMs: number | null; readonly foundAtMs: number | null } = {
    storedMs: null,
    foundAtMs: null,
  };
  #wake: AbortController | undefined;

  /** @param underlying as the provider names it: `I:SPX`. */
  constructor(
    underlying: string,
    config: ChainWorkerConfig,
    ports: ChainWorkerPorts,
    options: ChainWorkerOptions,
    surroundings: ChainSurroundings,
  ) {
    this.#underlying = underlying;
    this.symbol = underlying.replace(/^I:/, "");
    this.#config = config;
    this.#ports = ports;
    this.#surroundings = surroundings;
    this.#scope = new ChainScope(config, ports, underlying);
    this.#cadence = new Cadence({
      intervalMs: config.chainIntervalSec * 1_000,
      latencyFactor: config.chainLatencyFactor,
      maxIntervalMs: config.chainIntervalMaxSec * 1_000,
    });
    this.#history = new ChainHistory({ slowMs: config.chainSlowMs });
    this.#dormancy = new Dormancy({
      thresholdMs: config.epochDormantThresholdSec * 1_000,
      limit: config.epochDormantLimit,
    });
    this.#keeper = new EpochKeeper(ports, this.symbol, this.#pins);
    this.#wanted = new WantedContracts(ports.subscriptions, this.symbol);
    this.#heart = new Heart({ worker: `chain/${this.symbol}`, host: options.host, pid: options.pid }, config, ports);
  }

  /** Fetches at once, and makes a new epoch of what comes, whether or not its geometry is another. */
  force(): void {
    this.#isForced = true;
    this.#wake?.abort();
  }

  /** Works until `signal` aborts. Rejects where the provider or a store refuses for good. */
  run(signal: AbortSignal): Promise<void> {
    return this.#heart.during(async () => {
      const stop = new AbortController();
      const working = AbortSignal.any([signal, stop.signal]);
      const work = [this.#fetchRegularly(working), this.#renewRegularly(working), this.#watchRegularly(working)];
      try {
        await Promise.all(work);
      } finally {
        stop.abort();
        await Promise.allSettled(work);
      }
    });
  }

  async #fetchRegularly(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#ports;
    const publisher = new ChainPublisher(this.#ports.chain, this.symbol, { clock, logger, signal });
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const outcome = await this.#fetchOnce(publisher, signal);
      if (outcome === undefined) return;
      const step = this.#cadence.next(outcome);
      if (step.kind === "end") return;
      // A wish that came while the fetch was under way is met at once, unless the provider asks to be left alone.
      const awake = step.isBackingOff ? signal : AbortSignal.any([signal, this.#wake.signal]);
      await clock.sleep(step.delayMs, awake);
    }
  }

  /** @returns `undefined` on an abort. Rejects where going on cannot help. */
  async #fetchOnce(publisher: ChainPublisher, signal: AbortSignal): Promise<CadenceOutcome | undefined> {
    const { clock, logger, chainProvider } = this.#ports;
    const startedMs = clock.monotonic();
    try {
      const { request, isAnother } = await this.#scope.request(this.#surroundings.calendar(), signal);
      if (isAnother) this.#history.restart();
      const chain = await fetchChain(chainProvider, request, clock, signal);
      await this.#take(chain, publisher, request);
      return cadenceOutcome(chain.latencyMs, chain.failure);
    } catch (error) {
      if (signal.aborted) return undefined;
      const isOfProvider = isStrikewireError(error, "STRIKEWIRE_REST");
      if (endsFetching(error)) await publisher.fail();
      // A 400 or 404 too may be the provider's trouble of an hour; and other symbols have nothing to do with it.
      if (endsFetching(error) || !(isOfProvider || isTransient(error))) throw error;
      logger.warn(`Cannot fetch the chain of ${this.symbol}`, { reason: reasonOf(error) });
      this.#heart.degraded(reasonOf(error));
      if (isOfProvider) {
        this.#history.judge({ isAnswered: false, isComplete: false, contracts: 0, latencyMs: 0 });
        await publisher.fail();
      }
      return cadenceOutcome(Math.round(clock.monotonic() - startedMs), error);
    }
  }

  async #take(chain: WholeChain, publisher: ChainPublisher, request: ChainRequest): Promise<void> {
    const { clock, logger } = this.#ports;
    const { contracts, complete, latencyMs } = chain;
    if (chain.spot !== null) this.#scope.sawSpot(chain.spot);
    this.#tellLeftOut(chain);
    const verdict = this.#history.judge({
      isAnswered: true,
      isComplete: complete,
      contracts: contracts.length,
      latencyMs,
    });
    await publisher.contracts(chain);
    await this.#keeper.look();
    const isForced = this.#isForced;
    const decision = decidePromotion({
      symbol: this.symbol,
      active: this.#keeper.active,
      records: contracts.map(({ record }) => this.#pins.pinned(record, chain.receivedAtMs)),
      verdict,
      force: isForced,
      dormantCount: this.#dormantCount,
      nowMs: clock.now(),
      ttlMs: this.#config.epochTtlSec * 1_000,
      calendar: this.#surroundings.calendar(),
    });
    const expected = this.#keeper.activeId;
    const promotion = await this.#keeper.apply(decision);
    if (promotion === "none" && decision.kind === "promote") {
      this.#tellLost(expected);
      // A new epoch is what was wished for, whoever made it: of one command to two workers come not two.
      if (this.#keeper.activeId !== expected) this.#isForced = false;
    }
    if (promotion !== "none") {
      this.#isForced = false;
      this.#dormantCount = 0;
      const added = decision.kind === "promote" ? decision.diff.added.length : 0;
      const removed = decision.kind === "promote" ? decision.diff.removed.length : 0;
      logger.info(`Promoted an epoch of ${this.symbol}`, { epoch: this.#keeper.activeId, promotion, added, removed });
    }
    await this.#wanted.follow(this.#keeper.active?.records.keys() ?? []);
    const health = verdict.health === "error" ? "partial" : verdict.health;
    await publisher.complete(chain, {
      health,
      isWhole: verdict.use === "all",
      slaViolated: latencyMs > this.#config.chainSlowMs,
      promotion,
      epoch: this.#keeper.activeId,
    });
    this.#tell(verdict, chain, request);
  }

  #tellLeftOut({ refused, flawed }: WholeChain): void {
    const { logger, telemetry } = this.#ports;
    const { symbol } = this;
    for (const [what, rows] of [
      ["Refused contracts such as", refused],
      ["Left out values of contracts such as", flawed],
    ] as const) {
      const [first] = rows;
      if (first === undefined) continue;
      logger.warn(`${what} ${first.ticker} of a chain`, { symbol, contracts: rows.length, reason: first.reason });
    }
    telemetry.count("chain_refused_contracts_total", refused.length, { symbol });
    telemetry.count("chain_flawed_contracts_total", flawed.length, { symbol });
  }

  #tellLost(expected: string | null): void {
    const { logger } = this.#ports;
    const { activeId } = this.#keeper;
    if (activeId !== expected)
      logger.info(`Another worker was faster with an epoch of ${this.symbol}`, { epoch: activeId });
    else {
      const reason =
        "it had run out, or was gone: the clock of this host may be behind the store's by more than an epoch lives";
      logger.warn(`Cannot promote an epoch of ${this.symbol}, though no other took its place`, { reason });
    }
  }

  #tell(verdict: ChainVerdict, chain: WholeChain, request: ChainRequest): void {
    const { health, medianContracts } = verdict;
    const { contracts, latencyMs, refused, flawed } = chain;
    this.#heart.detail({
      health,
      contracts: contracts.length,
      refused: refused.length,
      flawed: flawed.length,
      median_contracts: medianContracts,
      latency_ms: latencyMs,
      epoch: this.#keeper.activeId,
      dormant: this.#dormancy.count,
    });
    const trouble = this.#troubleOf(verdict, chain, request);
    if (trouble === undefined) this.#heart.ok();
    else this.#heart.degraded(trouble);
  }

  /** What an operator should look at; `undefined` where nothing is. */
  #troubleOf(
    { health, isConfirmed }: ChainVerdict,
    { contracts, refused, flawed, failure }: WholeChain,
    { expirations }: ChainRequest,
  ): string | undefined {
    if (NOT_OK.has(health) && !isConfirmed) {
      return failure === undefined ? `the chain is ${health}` : `${health}: ${reasonOf(failure)}`;
    }
    if (expirations.length === 0) return `the provider lists no expiration of ${this.#underlying}`;
    const [first] = flawed.length * 2 > contracts.length ? flawed : contracts.length === 0 ? refused : [];
    if (first !== undefined) return `most of the chain cannot be read, such as ${first.ticker}: ${first.reason}`;
    return health === "empty" && this.#isMarketOpen() ? "the chain is empty in the regular session" : undefined;
  }

  #isMarketOpen(): boolean {
    const kind = underlyingKind(this.#underlying);
    return marketPhase(kind, this.#ports.clock.now(), this.#surroundings.calendar()) === "regular";
  }

  /** Renews the active epoch on a timer of its own, whether or not chains can be fetched. */
  async #renewRegularly(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#ports;
    const { epochRenewSec, epochTtlSec } = this.#config;
    let delayMs = 0;
    while (!signal.aborted) {
      try {
        await this.#keeper.renew(clock.now(), epochTtlSec * 1_000, this.#surroundings.calendar());
        delayMs = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (!isTransient(error)) throw error;
        delayMs = delayMs === 0 ? FIRST_RETRY_MS : nextRetryMs(delayMs);
        logger.error(`Cannot renew the epoch of ${this.symbol}, trying again in ${delayMs} ms`, error);
      }
      await clock.sleep(delayMs === 0 ? epochRenewSec * 1_000 : delayMs, signal);
    }
  }

  /** Looks whether values are streamed into the active epoch, and asks for a chain where they should and are not. */
  async #watchRegularly(signal: AbortSignal): Promise<void> {
    const { clock, epochs, logger } = this.#ports;
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal);
      if (signal.aborted) return;
      try {
        const id = this.#keeper.activeId;
        const meta = id === null ? null : await epochs.meta(id);
        if (meta === null) continue;
        const nowMs = clock.now();
        const { kind: what, count } = this.#dormancy.look({
          nowMs,
          lastStreamedAtMs: this.#streamedAtMs(meta.streamedAtMs, nowMs),
          isMarketOpen: this.#isMarketOpen(),
          isLinkAlive: await this.#surroundings.isLinkAlive(),
        });
        // A feed that is back is not dormant any more; an epoch that is forced still has to say why.
        if (count === 0 && !this.#isForced) this.#dormantCount = 0;
        if (what !== "fetch" && what !== "force") continue;
        logger.warn(`Nothing is streamed into the epoch of ${this.symbol}: asking for a chain`, { count, what });
        this.#dormantCount = count;
        if (what === "force") this.#isForced = true;
        this.#wake?.abort();
      } catch (error) {
        if (signal.aborted) return;
        if (!isTransient(error)) throw error;
        logger.warn(`Cannot look whether the epoch of ${this.symbol} is streamed to`, { reason: reasonOf(error) });
      }
    }
  }

  /** By our own clock: the store's may differ from it by more than the silence that counts as one. */
  #streamedAtMs(storedMs: number | null, nowMs: number): number | null {
    if (storedMs !== this.#streamed.storedMs) {
      this.#streamed = { storedMs, foundAtMs: storedMs === null ? null : nowMs };
    }
    return this.#streamed.foundAtMs;
  }
}
