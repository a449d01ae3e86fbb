import type { AssetClass } from "../../../src/domain/instrument/resource.ts";
import type { LogEntry } from "../../../src/simulator/index.ts";
import { type GapRecord, gapOf, isAmong, isTold, type Missing, msOf, showGap } from "./gap-record.ts";
import type { Fields, StreamReader } from "./plain-streams.ts";
import { identityInStream, identityOnWire, objectsOf, printsIn } from "./print-identity.ts";
import { PrintTallies } from "./print-tallies.ts";
import { type Loss, type SentConnection, SentConnections, type SentFrame } from "./sent-connections.ts";
import { type Place, placeOf, type StoredEpoch } from "./stored-epoch.ts";

/** What was found beside the findings, so that a test can see that there was something to find. */
export interface AccountSums {
  readonly sentFrames: number;
  readonly storedFrames: number;
  /** Sent, and not stored. */
  readonly missingFrames: number;
  /** In frames that are stored, and in the trade streams. */
  readonly receivedPrints: number;
  readonly storedPrints: number;
  /** Marked in the streams. */
  readonly duplicatePrints: number;
  /** Published while the subscription stood and never handed to a socket. */
  readonly unsentPrints: number;
  readonly refusedFrames: number;
  /** Those in which a connection was open. */
  readonly epochs: number;
  readonly heartbeats: number;
  readonly gaps: Readonly<Record<string, number>>;
}

const OUTAGES: readonly string[] = ["disconnect", "eviction", "slow_consumer", "absence"];

/**
 * The accounts of a source that holds all option trades: what the server's own log says that it sent, and did not send,
 * against what stands in plain keys. Nothing of what is tested is asked, nor is its code used.
 *
 * A frame that was sent is in the raw stream, verbatim and in order, or within a gap; a print is in the trade streams as
 * often as it came, or within a gap; nothing else is stored.
 *
 * Bounds of gaps are times of receipt, so that no tolerance is needed but order. What was lost behind the last receipt of a
 * link is told by a gap that begins with that receipt, or with the time of the loss if it is later, and ends no earlier
 * than the loss. What is missing between two frames that are stored is told by a gap that meets the time between the
 * receipts of the two. What cannot be read is told by a gap at its receipt.
 *
 * What another connection of the same account brought is not lost. What is missing at the end of a connection and holds
 * statuses only is of no account: an answer to a link that was given up.
 *
 * Begins with the first confirmation of a subscription. To be read to the end the run ends with the server, then the source:
 * what is published after a source has stopped is told by its next start.
 */
export class SourceAccounts implements StreamReader {
  readonly #sent = new SentConnections();
  readonly #prints = new PrintTallies();
  readonly #epochs = new Map<string, StoredEpoch>();
  readonly #findings: string[] = [];
  readonly #missing: Missing[] = [];
  readonly #gaps: GapRecord[] = [];
  readonly #loggedGaps: GapRecord[] = [];
  /** Receipts of a connection. */
  readonly #receipts = new Map<string, Set<number>>();
  readonly #refusedAtMs = new Set<number>();
  readonly #begunAtMs = new Map<string, number>();
  #refusedFrames = 0;
  #storedFrames = 0;
  #storedBytes = 0;
  #missingFrames = 0;
  #heartbeats = 0;

  /** An entry of the server's log. To be told before what came of it is read. */
  sent(entry: LogEntry): void {
    this.#sent.note(entry);
  }

  raw(fields: Fields): void {
    const { src, kind = "frame", ts, payload = "", info = "{}" } = fields;
    const place = placeOf(src);
    if (place === undefined) {
      this.#findings.push(`raw ${src}: no place`);
      return;
    }
    const atMs = msOf(ts);
    const epoch = this.#epochOf(place);
    const name = `raw ${src} ${kind}`;
    if (place.seq !== epoch.seq + 1) this.#findings.push(`${name}: behind ${epoch.seq}`);
    epoch.seq = place.seq;
    if (kind === "gap") {
      this.#loggedGaps.push(gapOf(JSON.parse(info)));
      return;
    }
    if ((kind === "connected") !== (epoch.seq === 1)) this.#findings.push(`${name}: entry ${epoch.seq} of its epoch`);
    if (epoch.isClosed) this.#findings.push(`${name}: behind the end of its epoch`);
    if (kind === "closed") {
      epoch.isClosed = true;
      return;
    }
    if (atMs < epoch.lastReceiptMs) this.#findings.push(`${name}: received at ${atMs}, before ${epoch.lastReceiptMs}`);
    if (kind === "frame") this.#takeFrame(epoch, payload, atMs, name);
    else if (kind === "heartbeat") this.#heartbeats += 1;
    else if (kind !== "connected") this.#findings.push(`${name}: no kind of entry`);
    epoch.lastReceiptMs = atMs;
    this.#receiptsOf(epoch.connection).add(atMs);
  }

  gap(fields: Fields): void {
    this.#gaps.push(gapOf(fields));
  }

  trade(fields: Fields): void {
    this.#prints.store(identityInStream(fields), (fields["flags"] ?? "").split(" ").includes("dup"));
  }

  /** Lets go of the oldest prints that balance, for runs that are long. */
  forget(keptPrints: number): void {
    this.#prints.forget(keptPrints);
  }

  /** Closes the accounts, after everything was read. @param analytics the hash `massive:ws:analytics`. */
  settle(analytics: Fields): { readonly findings: readonly string[]; readonly sums: AccountSums } {
    const missing = [...this.#missing, ...this.#lost()];
    const findings = [...this.#findings, ...this.#prints.findings(), ...this.#gapFindings()];
    for (const one of missing) if (!isTold(one, this.#gaps)) findings.push(`${one.what}: in no gap`);
    if (this.#begunAtMs.size === 0) findings.push("no subscription was ever confirmed");
    const counted = { frames: String(this.#storedFrames), bytes: String(this.#storedBytes) };
    for (const [name, value] of Object.entries(counted)) {
      if (analytics[name] !== value) findings.push(`analytics: ${name} is ${analytics[name]}, stored are ${value}`);
    }
    const gaps: Record<string, number> = {};
    for (const { cause } of this.#gaps) gaps[cause] = (gaps[cause] ?? 0) + 1;
    const sums: AccountSums = {
      sentFrames: this.#sent.frames,
      storedFrames: this.#storedFrames,
      missingFrames: this.#missingFrames,
      receivedPrints: this.#prints.received,
      storedPrints: this.#prints.stored,
      duplicatePrints: this.#prints.duplicates,
      unsentPrints: this.#countUnsent(),
      refusedFrames: this.#refusedFrames,
      epochs: [...this.#epochs.values()].filter(({ sent }) => sent !== undefined).length,
      heartbeats: this.#heartbeats,
      gaps,
    };
    return { findings, sums };
  }

  #epochOf(place: Place): StoredEpoch {
    const { connection, assetClass, epoch } = place;
    const name = `${connection}/${epoch}`;
    const known = this.#epochs.get(name);
    if (known !== undefined) return known;
    if ([...this.#epochs.values()].some((other) => other.connection === connection && other.epoch > epoch)) {
      this.#findings.push(`raw ${name}: behind a later epoch`);
    }
    const made = { name, connection, assetClass, epoch, sent: undefined, seq: 0, isClosed: false, lastReceiptMs: 0 };
    this.#epochs.set(name, made);
    return made;
  }

  /** The latest connection that was there before the first frame came and is no other epoch's. */
  #connectionOf({ name, assetClass }: StoredEpoch, atMs: number): SentConnection | undefined {
    const taken = new Set([...this.#epochs.values()].map(({ sent }) => sent));
    const sent = this.#sent
      .of(assetClass as AssetClass)
      .findLast((one) => one.connectedAtMs <= atMs && !taken.has(one));
    if (sent === undefined) this.#findings.push(`raw ${name}: nobody connected`);
    return sent;
  }

  #takeFrame(epoch: StoredEpoch, payload: string, atMs: number, name: string): void {
    this.#storedFrames += 1;
    this.#storedBytes += Buffer.byteLength(payload);
    epoch.sent ??= this.#connectionOf(epoch, atMs);
    const waiting = epoch.sent?.waiting ?? [];
    const at = waiting.findIndex((frame) => frame.payload === payload);
    const frame = waiting[at];
    if (frame === undefined) {
      this.#findings.push(`${name}: not sent, or not in this order`);
      return;
    }
    if (atMs < frame.atMs) this.#findings.push(`${name}: received at ${atMs}, sent at ${frame.atMs}`);
    for (const skipped of waiting.splice(0, at + 1).slice(0, -1)) {
      this.#miss(epoch.connection, skipped, { fromMs: atMs, toMs: Math.max(skipped.atMs, epoch.lastReceiptMs) });
    }
    const objects = objectsOf(payload);
    if (objects === undefined) {
      this.#refusedFrames += 1;
      this.#refusedAtMs.add(atMs);
      const bounds = { fromMs: atMs, toMs: atMs };
      this.#missing.push({ what: name, connection: epoch.connection, hasPrints: true, isRefused: true, ...bounds });
      return;
    }
    for (const object of objects) {
      const identity = identityOnWire(object);
      if (identity !== undefined) this.#prints.receive(identity, epoch.name);
    }
    if (!this.#begunAtMs.has(epoch.connection) && payload.includes("subscribed to: T.")) {
      this.#begunAtMs.set(epoch.connection, atMs);
    }
  }

  /** What was lost behind the last receipt of a link, or between two links. */
  *#lost(): Iterable<Missing> {
    const epochs = [...this.#epochs.values()];
    for (const sent of this.#sent.all()) {
      const epoch = epochs.find((one) => one.sent === sent);
      const connection = epoch?.connection ?? `${sent.assetClass}/0`;
      const lastMs = epoch?.lastReceiptMs ?? 0;
      for (const frame of sent.waiting) {
        if (!this.#isBegun(connection, frame.atMs)) continue;
        this.#missingFrames += 1;
        if (this.#isHeldElsewhere(frame, epoch)) continue;
        yield this.#behind(`frame of ${sent.id} at ${frame.atMs}`, connection, frame.atMs, lastMs);
      }
      for (const { atMs, prints, identities, reason } of unsentOf(sent)) {
        if (!this.#isBegun(connection, atMs) || this.#prints.hasReceived(identities, epoch?.name)) continue;
        yield this.#behind(`${prints} prints of ${sent.id} at ${atMs}, ${reason},`, connection, atMs, lastMs);
      }
    }
    for (const [assetClass, losses] of Object.entries(this.#sent.unheard)) {
      const connection = `${assetClass}/0`;
      const links = epochs.filter((one) => one.connection === connection && one.sent?.subscribedAtMs !== undefined);
      for (const { atMs, prints } of losses) {
        if (!this.#isBegun(connection, atMs)) continue;
        const ended = links.filter(({ sent }) => {
          return (sent?.subscribedAtMs ?? Infinity) <= atMs && (sent?.lastDataAtMs ?? 0) <= atMs;
        });
        const lastMs = Math.max(0, ...ended.map(({ lastReceiptMs }) => lastReceiptMs));
        yield this.#behind(`${prints} prints at ${atMs}, unheard,`, connection, atMs, lastMs);
      }
    }
  }

  #isHeldElsewhere({ origin, payload }: SentFrame, epoch: StoredEpoch | undefined): boolean {
    if (origin === "truncated") return false;
    if (objectsOf(payload)?.every(({ ev }) => ev === "status") === true) return true;
    const prints = printsIn(payload);
    return prints.length > 0 && this.#prints.hasReceived(prints, epoch?.name);
  }

  #behind(what: string, connection: string, atMs: number, lastReceiptMs: number): Missing {
    const bounds = { fromMs: Math.max(atMs, lastReceiptMs), toMs: atMs };
    return { what, connection, hasPrints: true, isRefused: false, ...bounds };
  }

  #miss(connection: string, frame: SentFrame, bounds: Pick<Missing, "fromMs" | "toMs">): void {
    const { atMs, origin, payload } = frame;
    const hasPrints = origin === "truncated" || printsIn(payload).length > 0;
    this.#missingFrames += 1;
    this.#missing.push({ what: `${origin} frame at ${atMs}`, connection, hasPrints, isRefused: false, ...bounds });
  }

  /** Gaps that were told and are not kept, are kept and were never told, or whose bounds are nobody's receipt. */
  *#gapFindings(): Iterable<string> {
    for (const gap of this.#loggedGaps) {
      if (!isAmong(gap, this.#gaps)) yield `gap ${showGap(gap)}: in the raw stream only`;
    }
    for (const gap of this.#gaps) {
      if (gap.cause === "quarantine") {
        if (gap.fromMs !== gap.toMs || !this.#refusedAtMs.has(gap.fromMs)) yield `gap ${showGap(gap)}: of nothing`;
      } else if (!isAmong(gap, this.#loggedGaps)) yield `gap ${showGap(gap)}: not in the raw stream`;
      if (OUTAGES.includes(gap.cause) && !this.#receiptsOf(gap.connection).has(gap.fromMs)) {
        yield `gap ${showGap(gap)}: begins with no receipt`;
      }
    }
  }

  #isBegun(connection: string, atMs: number): boolean {
    return atMs >= (this.#begunAtMs.get(connection) ?? Infinity);
  }

  #countUnsent(): number {
    const losses: Loss[] = this.#sent.all().flatMap((sent) => [...sent.losses]);
    for (const [assetClass, unheard] of Object.entries(this.#sent.unheard)) {
      losses.push(...unheard.filter(({ atMs }) => this.#isBegun(`${assetClass}/0`, atMs)));
    }
    return losses.reduce((sum, { prints }) => sum + prints, 0);
  }

  #receiptsOf(connection: string): Set<number> {
    let receipts = this.#receipts.get(connection);
    if (receipts === undefined) {
      receipts = new Set();
      this.#receipts.set(connection, receipts);
    }
    return receipts;
  }
}

/** What never was handed to the socket. Of what was cut short the frames count, as far as there are any. */
function unsentOf({ losses, sentTruncated }: SentConnection): readonly Loss[] {
  const truncated = losses.filter(({ reason }) => reason === "truncated");
  return [...losses.filter(({ reason }) => reason !== "truncated"), ...truncated.slice(sentTruncated)];
}
