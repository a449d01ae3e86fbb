import { randomUUID } from "node:crypto";
import { CHANNELS } from "../../domain/channels.ts";
import type { EpochDraft, EpochId, EpochMeta } from "../../domain/epoch/substrate.ts";
import { UnavailableError } from "../../domain/errors.ts";
import { secondsText } from "../../domain/stream/receipt-seconds.ts";
import type { DirtyLease, EpochStore } from "../../ports/epoch-store.ts";
import { assertEpochDraft, assertLeaseMs, assertValidUntil } from "../epoch-arguments.ts";
import { type CarrySender, EpochCarryover, type StagedRecords } from "./epoch-carryover.ts";
import {
  decodeFinalMeta,
  decodeMeta,
  decodeTimelineEntry,
  encodeMeta,
  forgottenError,
  META_FIELDS,
} from "./epoch-meta.ts";
import { epochNames, expiringNames } from "./epoch-names.ts";
import { firstStored } from "./record-merge.ts";
import { RedisClient } from "./redis-client.ts";
import { ACTIVE_EPOCH } from "./scripts/active-epoch.ts";
import { ALL_ACTIVE } from "./scripts/all-active.ts";
import { BEGIN_STAGING } from "./scripts/begin-staging.ts";
import { CLEAR_STAGED } from "./scripts/clear-staged.ts";
import { EPOCH_LIFE } from "./scripts/epoch-life.ts";
import { EXPIRE_RECORDS } from "./scripts/expire-records.ts";
import { FINISH_RENEWAL } from "./scripts/finish-renewal.ts";
import { FINISH_STAGING } from "./scripts/finish-staging.ts";
import { HAS_DIRTY } from "./scripts/has-dirty.ts";
import { GRACE_MS, PROMOTE_EPOCH } from "./scripts/promote-epoch.ts";
import { READ_TIMELINE } from "./scripts/read-timeline.ts";
import { SETTLE_DIRTY } from "./scripts/settle-dirty.ts";
import { STAGE_RECORDS } from "./scripts/stage-records.ts";
import { TAKE_DIRTY } from "./scripts/take-dirty.ts";
import { slices } from "./slices.ts";
import { encodeRecord } from "./substrate-record.ts";

/** More would keep other clients of the server waiting. */
const RECORDS_PER_SCRIPT = 250;
const KEYS_PER_EXPIRY = 500;
/**
 * How long a promotion may take from when the records of the predecessor were made to live long enough, ms. It doubles with
 * every try that took longer, so that the last one gives the slowest link its time.
 */
const PROMOTION_MS = 1_000;
const PROMOTION_TRIES = 6;

type PromotionOutcome = "promoted" | "lost" | "unprepared";

/**
 * Epochs in hashes, sets and strings. Records are staged and renewed in parts, and what makes readers trust them follows
 * in one step. The keys of an epoch end with its validity.
 */
export class RedisEpochStore extends RedisClient implements EpochStore {
  /** By symbol, what was staged last and is not promoted. */
  readonly #staged = new Map<string, StagedRecords & { readonly id: EpochId }>();

  async active(symbol: string): Promise<EpochId | null> {
    const args = [symbol, this.keys.of("epochMeta", { id: "" })];
    const id = await this.run("read the active epoch", ACTIVE_EPOCH, [this.keys.of("active")], args);
    return id as EpochId | null;
  }

  async allActive(): Promise<ReadonlyMap<string, EpochId>> {
    const names = [this.keys.of("active")];
    const answer = await this.run("read the active epochs", ALL_ACTIVE, names, [this.keys.of("epochMeta", { id: "" })]);
    return new Map(slices(answer as readonly string[], 2).map(([symbol = "", id = ""]) => [symbol, id]));
  }

  async meta(epoch: EpochId): Promise<EpochMeta | null> {
    return this.#meta("read an epoch's meta data", epoch);
  }

  async stage(draft: EpochDraft): Promise<void> {
    const action = "stage an epoch";
    this.assertOpen(action);
    assertEpochDraft(action, draft);
    const names = epochNames(this.keys, draft.id);
    const stored = new Map(draft.records.map((record) => [record.terms.contract, firstStored(record)]));
    const records = Array.from(stored.values(), ({ record }) => record);
    const meta = encodeMeta(draft, records);
    const attempt = [randomUUID(), draft.validUntilMs] as const;
    const { staged, contracts, dirtyContracts, hadWsUpdates } = names;
    const begun = [names.meta, staged, contracts, dirtyContracts, hadWsUpdates];
    const before = await this.run(action, BEGIN_STAGING, begun, attempt);
    if (before === -1) {
      throw new TypeError(`Cannot stage an epoch: its id must be new, "${draft.id}" is active or was`);
    }
    let left = Number(before);
    while (left > 0) {
      const args = [attempt[0], names.record, RECORDS_PER_SCRIPT];
      left = Number(await this.run(action, CLEAR_STAGED, [staged, contracts], args));
    }
    await Promise.all(
      slices([...stored], RECORDS_PER_SCRIPT).map((part) => {
        const recordNames = part.map(([contract]) => names.record + contract);
        const json = part.map(([, first]) => encodeRecord(first));
        const partNames = [staged, contracts, dirtyContracts, ...recordNames];
        return this.run(action, STAGE_RECORDS, partNames, [...attempt, names.record, ...json]);
      }),
    );
    const finished = [staged, contracts, dirtyContracts, hadWsUpdates];
    await this.run(action, FINISH_STAGING, finished, [...attempt, records.length, ...meta]);
    this.#staged.set(draft.symbol, { id: draft.id, attempt: attempt[0], records: stored });
  }

  async promote(expected: EpochId | null, next: EpochId): Promise<"promoted" | "lost"> {
    const action = "promote an epoch";
    const sender: CarrySender = {
      keys: this.keys,
      command: (...command) => this.command(action, ...command),
      run: (script, keys, args) => this.run(action, script, keys, args),
    };
    const known = [...this.#staged.values()].find(({ id }) => id === next);
    const carryover = new EpochCarryover(action, sender, expected ?? "", next, known);
    let outcome: PromotionOutcome = "unprepared";
    try {
      for (let tries = 0; tries < PROMOTION_TRIES && outcome === "unprepared"; tries++) {
        outcome = await this.#promoteWithin(action, expected, next, carryover, PROMOTION_MS * 2 ** tries);
      }
    } finally {
      if (outcome !== "promoted") await carryover.release(this.connection.logger);
    }
    if (outcome !== "unprepared") {
      for (const [symbol, { id }] of this.#staged) if (id === next) this.#staged.delete(symbol);
      return outcome;
    }
    throw new UnavailableError(
      `Cannot ${action}: Redis at ${this.connection.label} must answer in time, each of ${PROMOTION_TRIES} tries took longer than it may`,
    );
  }

  async #promoteWithin(
    action: string,
    expected: EpochId | null,
    next: EpochId,
    carryover: EpochCarryover,
    allowanceMs: number,
  ): Promise<PromotionOutcome> {
    // Only where all else is as it must be there is something to carry over.
    const outcome = await this.#switch(action, expected, next, { untilMs: 0, hold: "", attempt: "" });
    if (outcome !== "unprepared" || expected === null) return outcome;
    await carryover.approach();
    const untilMs = await this.#prepareToSupersede(action, expected, allowanceMs);
    const hold = await carryover.hold(allowanceMs);
    return this.#switch(action, expected, next, { untilMs, hold, attempt: carryover.attempt });
  }

  /** Promotes in one step, or not at all. */
  async #switch(
    action: string,
    expected: EpochId | null,
    next: EpochId,
    prepared: { readonly untilMs: number; readonly hold: string; readonly attempt: string },
  ): Promise<PromotionOutcome> {
    const { keys } = this;
    const { staged, ...names } = epochNames(this.keys, next);
    const symbol = (await this.command(action, "HGET", staged, "symbol")) as string | null;
    if (symbol === null) return "lost";
    const shared = [keys.of("active"), keys.of("dirty"), keys.of("clean")];
    const timeline = [keys.of("timeline", { SYMBOL: symbol }), keys.of("timelineMeta", { SYMBOL: symbol })];
    const own = [staged, names.meta, names.contracts, names.dirtyContracts];
    const previous =
      expected === null ? [] : [...expiringNames(this.keys, expected), keys.of("epochHeld", { id: expected })];
    const expectation = expected === null ? "" : `=${expected}`;
    const prefixes = [keys.of("epochMeta", { id: "" }), keys.of("lentContracts", { id: expected ?? "", token: "" })];
    const channel = keys.channel(CHANNELS.epochPromoted);
    const args = [next, symbol, expectation, prepared.untilMs, ...prefixes, channel, prepared.hold, prepared.attempt];
    const answer = await this.run(action, PROMOTE_EPOCH, [...shared, ...timeline, ...own, ...previous], args);
    const [outcome, beforeMs, untilMs] = answer as readonly [PromotionOutcome, string?, string?];
    if (expected !== null && Number(beforeMs) > Number(untilMs)) await this.#shorten(expected, Number(untilMs));
    return outcome;
  }

  async renew(epoch: EpochId, validUntilMs: number): Promise<void> {
    const action = "renew an epoch";
    this.assertOpen(action);
    assertValidUntil(action, validUntilMs);
    const life = await this.#life(action, epoch);
    if (!life.active || validUntilMs <= life.validUntilMs) return;
    await this.#expireRecords(action, epoch, validUntilMs, "GT");
    const { meta, lent } = epochNames(this.keys, epoch);
    const args = [validUntilMs, secondsText(validUntilMs), lent];
    await this.run(action, FINISH_RENEWAL, [meta, ...expiringNames(this.keys, epoch)], args);
  }

  async timeline(symbol: string): Promise<readonly EpochMeta[]> {
    const action = "read a timeline";
    const key = this.keys.of("timeline", { SYMBOL: symbol });
    const metaKey = this.keys.of("timelineMeta", { SYMBOL: symbol });
    const answer = await this.run(action, READ_TIMELINE, [key, metaKey], []);
    const [lines, flat] = answer as readonly [readonly string[], readonly string[]];
    const finals = new Map(slices(flat, 2).map(([id = "", final = ""]) => [id, final]));
    return Promise.all(
      lines.map(async (line) => {
        const entry = decodeTimelineEntry(action, key, line);
        const final = finals.get(entry.id);
        if (final !== undefined) return decodeFinalMeta(action, metaKey, symbol, entry, final);
        // The one that nothing superseded when the lines were read: its meta data are there for a day at least.
        const meta = await this.#meta(action, entry.id);
        if (meta === null) throw forgottenError(action, epochNames(this.keys, entry.id).meta, entry.id);
        return meta;
      }),
    );
  }

  async dirtyEpochs(): Promise<readonly EpochId[]> {
    const action = "list dirty epochs";
    const key = this.keys.of("dirty");
    const ids = (await this.command(action, "SMEMBERS", key)) as readonly string[];
    const looks = ids.map(async (id) => {
      const { meta, dirtyContracts, dirtyLeases, lent } = epochNames(this.keys, id);
      const found = await this.run(action, HAS_DIRTY, [meta, dirtyContracts, dirtyLeases, key], [id, lent]);
      return found === 1 ? [id] : [];
    });
    return (await Promise.all(looks)).flat().sort();
  }

  async takeDirty(epoch: EpochId, owner: string, leaseMs: number): Promise<DirtyLease> {
    const action = "take dirty contracts";
    this.assertOpen(action);
    assertLeaseMs(action, leaseMs);
    const { meta, dirtyContracts, dirtyLeases, lent } = epochNames(this.keys, epoch);
    const names = [meta, dirtyContracts, dirtyLeases, this.keys.of("leaseTokens")];
    const answer = await this.run(action, TAKE_DIRTY, names, [leaseMs, lent]);
    const [token, contracts, before] = answer as readonly [string, readonly string[], string];
    const previous = before === "" ? null : Number(before);
    return { epoch, owner, token: Number(token), previous, contracts: [...contracts].sort() };
  }

  async settle(lease: DirtyLease): Promise<"settled" | "expired"> {
    const action = "settle a lease";
    this.assertOpen(action);
    if (lease.contracts.length === 0) return "settled";
    const { meta, dirtyContracts, dirtyLeases, lent } = epochNames(this.keys, lease.epoch);
    const names = [meta, dirtyContracts, dirtyLeases, this.keys.of("dirty"), this.keys.of("clean")];
    const settled = await this.run(action, SETTLE_DIRTY, names, [lease.epoch, lease.token, lent]);
    return settled === 1 ? "settled" : "expired";
  }

  async #meta(action: string, epoch: EpochId): Promise<EpochMeta | null> {
    const key = this.keys.of("epochMeta", { id: epoch });
    const values = await this.command(action, "HMGET", key, ...META_FIELDS);
    return decodeMeta(action, key, values as readonly (string | null)[]);
  }

  async #life(
    action: string,
    epoch: EpochId,
  ): Promise<{ readonly readable: boolean; readonly active: boolean; readonly validUntilMs: number; nowMs: number }> {
    const answer = await this.run(action, EPOCH_LIFE, [this.keys.of("epochMeta", { id: epoch })], []);
    const [readable, active, validUntil, , now] = answer as readonly [number, number, string, string, string];
    const validUntilMs = Number(validUntil);
    return { readable: readable === 1, active: active === 1, validUntilMs, nowMs: Number(now) };
  }

  /**
   * Has the records of an epoch live for as long as it will be readable when it is superseded within `allowanceMs`.
   *
   * @returns until when they live at least, ms.
   */
  async #prepareToSupersede(action: string, epoch: EpochId, allowanceMs: number): Promise<number> {
    const { readable, validUntilMs, nowMs } = await this.#life(action, epoch);
    const untilMs = nowMs + GRACE_MS + allowanceMs;
    if (!readable || validUntilMs >= untilMs) return validUntilMs;
    await this.#expireRecords(action, epoch, untilMs, "GT");
    return untilMs;
  }

  /** Has the records of a superseded epoch end with it. They may live longer, so a failure is none of the promotion. */
  async #shorten(epoch: EpochId, untilMs: number): Promise<void> {
    try {
      await this.#expireRecords("shorten the life of superseded records", epoch, untilMs, "LT");
    } catch (error) {
      this.connection.logger.warn("Superseded records keep their longer life", { epoch, error: String(error) });
    }
  }

  async #expireRecords(action: string, epoch: EpochId, atMs: number, how: "GT" | "LT"): Promise<void> {
    const { contracts, record } = epochNames(this.keys, epoch);
    const members = (await this.command(action, "SMEMBERS", contracts)) as readonly string[];
    await Promise.all(
      slices(members, KEYS_PER_EXPIRY).map((part) => {
        const names = part.map((contract) => record + contract);
        return this.run(action, EXPIRE_RECORDS, names, [atMs, how]);
      }),
    );
  }
}
