import { type Random, seededRandom } from "../random.ts";
import { type Candidate, heldRate, type SlotKind, UNMEASURED } from "./candidate.ts";
import { ExplorationQueue } from "./exploration-queue.ts";
import type { RateEstimate } from "./rate-estimate.ts";
import { type SchedulerConfig, schedulerConfig } from "./scheduler-config.ts";
import {
  coverageOf,
  type Grant,
  NO_TURNOVER,
  type RateTotals,
  type SchedulerStatistics,
  slotsOf,
  sumOf,
  type Turnover,
  turnoverOf,
} from "./scheduler-statistics.ts";
import { TopRanked } from "./top-ranked.ts";

const EMPTY_TOTALS: RateTotals = Object.freeze({ perSec: 0, agedPerSec: 0, oldestAgeMs: undefined, unmeasured: 0 });

interface Update {
  readonly candidates: readonly Candidate[];
  /** Of each of them. */
  readonly perSec: Float64Array;
  readonly totals: RateTotals;
  readonly newcomers: readonly Candidate[];
}

/**
 * Decides which instruments get the scarce subscription slots. In this order:
 *
 * 1. *reserved*: the `topN` with the highest rates, ties by symbol. A challenger takes a holder's place only with a rate
 *    above the holder's times `1 + hysteresis`. Instruments without an estimate rank last. Where there are slots for
 *    fewer than that, exploration is left its share of them, of half of them at most: what nobody looks at would stay
 *    unknown for ever.
 * 2. *exploration*: `round(explorationFraction * totalSlots)` of the rest, as far as slots are left, drawn at random and
 *    without replacement. Each keeps its slot for `exploreRounds` updates, so that everybody is visited within
 *    `ceil(rest / explorationSlots) * exploreRounds` updates. Who is retained anyway is not drawn.
 * 3. *retention*: what is left holds subscribed instruments that fell out of 1 or whose exploration ends, while their
 *    rate is above the lowest reserved one times `1 - hysteresis`, highest rates first.
 *
 * `updatePriorities` fixes the ranking, who holds what and the order of exploration. Until the next update
 * `allocateSlots` is a function of that state and the number of slots; the last answer before an update is what the
 * caller is taken to be subscribed to when it comes. Same seed, same calls: same answers.
 *
 * @example
 * ```ts
 * const scheduler = new SubscriptionScheduler({ topN: 1, explorationFraction: 0 });
 * scheduler.updatePriorities(new Map([["AAPL", 100], ["TSLA", 90]]));
 * scheduler.allocateSlots(1); // Map { "AAPL" => true, "TSLA" => false }
 * scheduler.updatePriorities(new Map([["AAPL", 100], ["TSLA", 109]]));
 * scheduler.allocateSlots(1); // the same: 109 is not above 100 * 1.1
 * ```
 */
export class SubscriptionScheduler {
  readonly config: SchedulerConfig;
  readonly #candidates = new Map<string, Candidate>();
  /** The same, in the order of the last update. */
  #listed: readonly Candidate[] = [];
  readonly #queue: ExplorationQueue;
  #ranking: readonly Candidate[] = [];
  #totals: RateTotals = EMPTY_TOTALS;
  #round = 0;
  /** What was subscribed when the last update came. */
  #standing: readonly Grant[] = [];
  /** What was answered since. */
  #answer: readonly Grant[] | undefined;
  /** How many answers there were. */
  #answers = 0;
  #past: Turnover = NO_TURNOVER;
  readonly #isListed = (candidate: Candidate): boolean => candidate.listedIn === this.#round;

  /**
   * @param config completed with `DEFAULT_SCHEDULER_CONFIG`.
   * @param random draws the order of exploration; by default a generator seeded with `config.seed`.
   * @throws {RangeError} that names the first field out of its range.
   */
  constructor(config: Partial<SchedulerConfig> = {}, random?: Random) {
    this.config = schedulerConfig(config);
    this.#queue = new ExplorationQueue(random ?? seededRandom(this.config.seed));
  }

  /**
   * Begins a round.
   *
   * @param rates all instruments that can be subscribed to, with their decayed rates per second. A plain number is an
   *   estimate of this moment. An instrument that is listed no more loses its slot and is forgotten.
   * @throws {RangeError} unless rates and ages are finite and not below 0; everything stays as it was.
   */
  updatePriorities(rates: ReadonlyMap<string, number | RateEstimate>): void {
    const { candidates, perSec, totals, newcomers } = this.#read(rates);
    this.#past = this.#turnover();
    this.#hold(this.#answer ?? this.#standing);
    this.#totals = totals;
    this.#round++;
    for (const newcomer of newcomers) this.#candidates.set(newcomer.instrument, newcomer);
    this.#rank(candidates, perSec);
    if (this.#candidates.size > candidates.length) this.#forgetUnlisted();
    this.#listed = candidates;
    this.#queue.add(newcomers);
    this.#queue.requeue(this.#standing.map(({ candidate }) => candidate).filter(this.#isListed));
  }

  /**
   * Who is to be subscribed to. Changes nothing that a further call before the next update could see.
   *
   * @param totalSlots a whole number from 0.
   * @returns all listed instruments, true for those that get a slot. Those stand first: reserved ones from the best,
   *   then explored ones, then retained ones from the best.
   * @throws {RangeError} for any other number.
   */
  allocateSlots(totalSlots: number): Map<string, boolean> {
    const answer = this.#answered(totalSlots);
    const allocation = new Map<string, boolean>();
    for (const { candidate } of answer) allocation.set(candidate.instrument, true);
    for (const candidate of this.#listed) {
      if (candidate.grantedBy !== this.#answers) allocation.set(candidate.instrument, false);
    }
    return allocation;
  }

  /**
   * The same without those that get no slot, of which there may be very many: to list them all is most of the work.
   *
   * @param totalSlots a whole number from 0.
   * @throws {RangeError} for any other number.
   */
  chooseInstruments(totalSlots: number): readonly string[] {
    return this.#answered(totalSlots).map(({ candidate }) => candidate.instrument);
  }

  #answered(totalSlots: number): readonly Grant[] {
    if (!Number.isSafeInteger(totalSlots) || totalSlots < 0) {
      throw new RangeError(
        `Cannot allocate slots: 'totalSlots' must be a whole number from 0, current value is ${totalSlots}`,
      );
    }
    this.#answers++;
    const answer = this.#grants(totalSlots);
    this.#answer = answer;
    return answer;
  }

  /** What the last allocation covers, and how it differs from the one before. */
  statistics(): SchedulerStatistics {
    const grants = this.#answer ?? this.#standing;
    return {
      rounds: this.#round,
      listed: this.#listed.length,
      slots: slotsOf(grants),
      coverage: coverageOf(grants, this.#totals, this.#isListed),
      round: turnoverOf(this.#standing, grants, this.#isListed),
      total: this.#turnover(),
    };
  }

  #turnover(): Turnover {
    return sumOf(this.#past, turnoverOf(this.#standing, this.#answer ?? this.#standing, this.#isListed));
  }

  #hold(grants: readonly Grant[]): void {
    for (const { candidate } of this.#standing) candidate.held = undefined;
    for (const { candidate, kind } of grants) candidate.held = kind;
    this.#standing = grants;
    this.#answer = undefined;
  }

  /** Reads and checks an update; changes nothing. */
  #read(rates: ReadonlyMap<string, number | RateEstimate>): Update {
    const candidates: Candidate[] = [];
    const newcomers: Candidate[] = [];
    const perSec = new Float64Array(rates.size);
    const totals: RateTotals = { ...EMPTY_TOTALS };
    for (const [instrument, estimate] of rates) {
      perSec[candidates.length] = countRate(totals, instrument, estimate);
      // Nearly always the same instruments come in the same order: that is cheaper to see than to look each one up.
      const expected = this.#listed[candidates.length];
      let candidate = expected?.instrument === instrument ? expected : this.#candidates.get(instrument);
      if (candidate === undefined) {
        candidate = { instrument, rate: UNMEASURED, listedIn: 0, held: undefined, grantedBy: 0, ticket: -1 };
        newcomers.push(candidate);
      }
      candidates.push(candidate);
    }
    return { candidates, perSec, totals, newcomers };
  }

  #rank(candidates: readonly Candidate[], perSec: Float64Array): void {
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[index];
      if (candidate === undefined) continue;
      candidate.rate = perSec[index] ?? UNMEASURED;
      candidate.listedIn = this.#round;
    }
    const top = new TopRanked<Candidate>(this.config.topN);
    // Holders first: with the best already in, nearly all others are turned away at once.
    for (const { candidate, kind } of this.#standing) {
      if (kind === "reserved" && this.#isListed(candidate)) {
        top.offer(candidate, candidate.instrument, heldRate(candidate.rate, this.config.hysteresis), true);
      }
    }
    for (const candidate of candidates) {
      if (candidate.held !== "reserved") top.offer(candidate, candidate.instrument, candidate.rate, false);
    }
    this.#ranking = top.sorted();
  }

  #forgetUnlisted(): void {
    for (const candidate of this.#listed) {
      if (this.#isListed(candidate)) continue;
      this.#candidates.delete(candidate.instrument);
      this.#queue.remove(candidate);
    }
  }

  #grants(totalSlots: number): readonly Grant[] {
    const grants: Grant[] = [];
    const isGranted = (candidate: Candidate): boolean => candidate.grantedBy === this.#answers;
    const grant = (candidate: Candidate, kind: SlotKind, sinceRound = this.#round): void => {
      candidate.grantedBy = this.#answers;
      grants.push({ candidate, kind, sinceRound });
    };

    const explorationSlots = Math.round(this.config.explorationFraction * totalSlots);
    const isCrowded = this.#listed.length > totalSlots;
    const keptToExplore = isCrowded ? Math.min(explorationSlots, Math.floor(totalSlots / 2)) : 0;
    let lowestRate = Number.POSITIVE_INFINITY;
    for (const candidate of this.#ranking.slice(0, totalSlots - keptToExplore)) {
      grant(candidate, "reserved");
      lowestRate = Math.min(lowestRate, candidate.rate);
    }
    // Where nothing busy is reserved, whatever moves at all is worth a slot.
    const floor = grants.length === 0 || lowestRate === UNMEASURED ? 0 : lowestRate * (1 - this.config.hysteresis);
    const isBusy = (candidate: Candidate): boolean => candidate.rate > floor;

    const exploredUpTo = Math.min(totalSlots, grants.length + explorationSlots);
    for (const { candidate, kind, sinceRound } of this.#standing) {
      if (grants.length >= exploredUpTo) break;
      const unfinished = kind === "exploration" && this.#round - sinceRound < this.config.exploreRounds;
      if (unfinished && this.#isListed(candidate) && !isGranted(candidate)) grant(candidate, kind, sinceRound);
    }
    if (grants.length < exploredUpTo) {
      for (const candidate of this.#queue.waiting()) {
        const retained = candidate.held !== undefined && candidate.held !== "exploration" && isBusy(candidate);
        if (isGranted(candidate) || retained) continue;
        grant(candidate, "exploration");
        if (grants.length >= exploredUpTo) break;
      }
    }

    const retention = new TopRanked<Candidate>(totalSlots - grants.length);
    for (const { candidate, kind } of this.#standing) {
      if (isGranted(candidate) || !this.#isListed(candidate) || !isBusy(candidate)) continue;
      const holder = kind !== "exploration";
      const rate = holder ? heldRate(candidate.rate, this.config.hysteresis) : candidate.rate;
      retention.offer(candidate, candidate.instrument, rate, holder);
    }
    for (const candidate of retention.sorted()) grant(candidate, "retention");
    return grants;
  }
}

/** Adds a checked estimate to the totals. @returns its rate. */
function countRate(totals: RateTotals, instrument: string, estimate: number | RateEstimate): number {
  const perSec = typeof estimate === "number" ? estimate : estimate.perSec;
  const ageMs = typeof estimate === "number" ? 0 : estimate.ageMs;
  checkNotNegative(perSec ?? 0, "rate", instrument);
  checkNotNegative(ageMs, "age", instrument);
  if (perSec === undefined) {
    totals.unmeasured++;
    return UNMEASURED;
  }
  totals.perSec += perSec;
  totals.agedPerSec += perSec * ageMs;
  if (totals.oldestAgeMs === undefined || ageMs > totals.oldestAgeMs) totals.oldestAgeMs = ageMs;
  return perSec;
}

function checkNotNegative(value: number, what: string, instrument: string): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(
      `Cannot update priorities: the ${what} of ${instrument} must be finite and not below 0, current value is ${value}`,
    );
  }
}
