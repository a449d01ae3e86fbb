import type { EpochDraft, EpochId } from "../../../src/domain/epoch/substrate.ts";
import type { DirtyLease } from "../../../src/ports/epoch-store.ts";
import { sampleRecord, sampleTicker } from "../../../src/testing/epochs/samples.ts";
import type { EpochCommand, ValuesDraft } from "./epoch-commands.ts";
import type { Between } from "./shapes.ts";
import type { Worlds } from "./worlds.ts";

/** An epoch that was active once. */
export interface PromotedEpoch {
  readonly draft: EpochDraft;
  /** The reply to the promotion of its successor was lost, and with it the chance to shorten the life of its records. */
  livesOn: boolean;
}

/** A lease that was not settled. */
export interface OpenLease {
  readonly lease: DirtyLease;
  readonly untilMs: Between;
}

/** The epochs of both worlds, and what was done to them. */
export class EpochRun {
  readonly #worlds: Worlds;
  /** Every id that was staged, in order. */
  readonly #ids: EpochId[] = [];
  readonly #leases: DirtyLease[] = [];
  /** Staged and not promoted, nor expired. */
  readonly staged: Map<EpochId, EpochDraft> = new Map();
  readonly promoted: Map<EpochId, PromotedEpoch> = new Map();
  /** By token. */
  readonly openLeases: Map<number, OpenLease> = new Map();
  /** Of the last lease of each epoch that lent anything. */
  readonly lentTokens = new Map<EpochId, number>();
  lastToken = 0;

  constructor(worlds: Worlds) {
    this.#worlds = worlds;
  }

  async run(command: EpochCommand): Promise<void> {
    const { op, client } = command;
    const worlds = this.#worlds;
    switch (op) {
      case "stage":
        return this.#stage(command);
      case "promote":
        return this.#promote(command);
      case "renew": {
        const epoch = this.#id(command.epoch);
        const untilMs = worlds.startMs + command.validForMs;
        const lost = command.lost ? "finish-renewal" : undefined;
        await worlds.call(client, op, ({ epochs }) => epochs.renew(epoch, untilMs), { lost });
        return;
      }
      case "allActive":
        await worlds.call(client, op, ({ epochs }) => epochs.allActive(), {
          comparable: (epochs) => [...epochs].sort(),
        });
        return;
      case "active":
        await worlds.call(client, op, ({ epochs }) => epochs.active(command.symbol));
        return;
      case "timeline":
        await worlds.call(client, op, ({ epochs }) => epochs.timeline(command.symbol));
        return;
      case "dirtyEpochs":
        await worlds.call(client, op, ({ epochs }) => epochs.dirtyEpochs(), { comparable: (ids) => [...ids].sort() });
        return;
      case "meta": {
        const epoch = this.#id(command.epoch);
        await worlds.call(client, op, ({ epochs }) => epochs.meta(epoch));
        return;
      }
      case "hadStreamedUpdates": {
        const epoch = this.#id(command.epoch);
        await worlds.call(client, op, ({ substrate }) => substrate.hadStreamedUpdates(epoch));
        return;
      }
      case "takeDirty":
        return this.#takeDirty(command);
      case "settle":
        return this.#settle(command);
      case "mergeStreamed":
      case "mergeRepeated":
      case "mergeSnapshot": {
        const epoch = this.#id(command.epoch);
        const updates = command.updates.map(({ contract, values }) => ({
          contract: sampleTicker(contract),
          ...values,
        }));
        const lost = command.lost ? "merge-records" : undefined;
        if (op === "mergeSnapshot") {
          await worlds.call(client, op, ({ substrate }) => substrate.mergeSnapshot(epoch, updates), { lost });
          return;
        }
        const repeated = op === "mergeRepeated";
        await worlds.call(client, op, ({ substrate }) => substrate.mergeStreamed(epoch, updates, { repeated }), {
          lost,
          doneAtMs: () => this.#msOf(epoch, "streamed_ts"),
        });
        return;
      }
      case "records": {
        const epoch = this.#id(command.epoch);
        const contracts = command.contracts?.map(sampleTicker);
        await worlds.call(client, op, ({ substrate }) => substrate.records(epoch, contracts));
        return;
      }
    }
  }

  /** Takes what is dirty in an epoch, in both worlds. */
  async drain(epoch: EpochId): Promise<readonly string[]> {
    const leases = await this.#worlds.call(0, "drain", ({ epochs }) => epochs.takeDirty(epoch, "drain", 1));
    return leases.flatMap(({ contracts }) => contracts);
  }

  async #stage(command: EpochCommand & { readonly op: "stage" }): Promise<void> {
    const { client, lost, symbol, fresh, validForMs, forced, dormantCount } = command;
    const { startMs } = this.#worlds;
    const last = this.#ids.findLast((id) => id.startsWith(`${symbol}:`));
    const id = fresh || last === undefined ? `${symbol}:${Math.floor(startMs / 1_000)}:${this.#ids.length}` : last;
    const draft: EpochDraft = {
      id,
      symbol,
      createdAtMs: startMs - dormantCount * 125,
      validUntilMs: startMs + validForMs,
      geometryHash: `hash${command.records.length}`,
      forced,
      dormantCount,
      records: command.records.map(({ contract, values }: ValuesDraft) => sampleRecord(contract, values)),
    };
    const replies = await this.#worlds.call(client, "stage", ({ epochs }) => epochs.stage(draft), {
      lost: lost ? "finish-staging" : undefined,
    });
    if (replies.length === 0) return;
    if (id !== last) this.#ids.push(id);
    if (validForMs > 0) this.staged.set(id, draft);
    else this.staged.delete(id);
  }

  async #promote(command: EpochCommand & { readonly op: "promote" }): Promise<void> {
    const { client, lost, expected } = command;
    const worlds = this.#worlds;
    const next = this.#id(command.epoch);
    const symbol = next.split(":")[0] ?? "";
    const active = await worlds.memory.epochs.active(symbol);
    const replaced = { active, none: null, other: `${symbol}:1:other` }[expected];
    const replies = await worlds.call(client, "promote", ({ epochs }) => epochs.promote(replaced, next), {
      lost: lost ? "promote-epoch" : undefined,
      doneAtMs: () => this.#msOf(active ?? "", "superseded_ts"),
    });
    const draft = this.staged.get(next);
    if (!replies.includes("promoted") || draft === undefined) return;
    const previous = this.promoted.get(active ?? "");
    if (previous !== undefined) previous.livesOn = lost;
    this.promoted.set(next, { draft, livesOn: false });
    this.staged.delete(next);
  }

  async #takeDirty(command: EpochCommand & { readonly op: "takeDirty" }): Promise<void> {
    const { client, lost, owner, leaseMs } = command;
    const epoch = this.#id(command.epoch);
    const replies = await this.#worlds.call(
      client,
      "takeDirty",
      ({ epochs }) => epochs.takeDirty(epoch, owner, leaseMs),
      {
        lost: lost ? "take-dirty" : undefined,
      },
    );
    for (const lease of replies) {
      this.lastToken = lease.token;
      if (lease.contracts.length === 0) continue;
      this.lentTokens.set(epoch, lease.token);
      this.openLeases.set(lease.token, { lease, untilMs: this.#worlds.during.plus(leaseMs) });
    }
    this.#leases.push(...replies);
  }

  async #settle({ client, lost, lease: fromLast }: EpochCommand & { readonly op: "settle" }): Promise<void> {
    const unknown = { epoch: this.#id(0), owner: "a", token: 77, previous: null, contracts: [sampleTicker(0)] };
    const lease = this.#leases.at(-1 - fromLast) ?? unknown;
    const replies = await this.#worlds.call(client, "settle", ({ epochs }) => epochs.settle(lease), {
      lost: lost ? "settle-dirty" : undefined,
    });
    if (replies.includes("settled")) this.openLeases.delete(lease.token);
  }

  /** A time in the meta data of an epoch. */
  async #msOf(id: EpochId, field: string): Promise<number | undefined> {
    const { keys, plain } = this.#worlds.redis;
    const seconds = await plain.hget(keys.of("epochMeta", { id }), field);
    return seconds === null ? undefined : Math.round(Number(seconds) * 1_000);
  }

  #id(fromLast: number): EpochId {
    return this.#ids.at(-1 - fromLast) ?? "SPX:1:unknown";
  }
}
