import type { SilenceOptions } from "../../domain/connection/pauses.ts";
import { type QuietChannel, QuietChannels } from "../../domain/connection/quiet-channels.ts";
import type { SubscriptionLedger } from "../../domain/connection/subscription-ledger.ts";
import type { Row } from "../../domain/market/rows.ts";
import type { ReceivedFrame } from "../../domain/overload/inbox.ts";
import { ReceiveLag } from "../../domain/overload/receive-lag.ts";
import type { StatusEvent } from "../../domain/wire/frame.ts";
import type { FrameReader } from "./frame-reader.ts";
import type { StreamAccount } from "./stream-account.ts";
import { UnseenTopics } from "./unseen-topics.ts";

/** What a frame means for the connection that brought it. */
export interface FrameNews {
  /** Whether it brought anything but statuses. */
  readonly carriesData: boolean;
  readonly statuses: readonly StatusEvent[];
  /** Topics that it is the first data of. */
  readonly seen: readonly string[];
}

const NOTHING: readonly never[] = Object.freeze([]);

/** What is done with every frame of a connection: it is read, logged, accounted for, and looked at for news. */
export class FrameIntake {
  readonly #reader: FrameReader;
  readonly #account: StreamAccount;
  readonly #subscriptions: Pick<SubscriptionLedger, "asked" | "seen">;
  readonly #onRows: ((rows: readonly Row[]) => void) | undefined;
  readonly #lag = new ReceiveLag();
  readonly #unseen = new UnseenTopics();
  readonly #channels: QuietChannels;
  #epoch: number | undefined;
  #isAskedStale = true;
  /** When the wall clock was found to be set, monotonic, until a row is received by it as it is now. */
  #steppedMs: number | undefined;
  #lastReceivedAtMs: number | undefined;
  #sample: string | undefined;

  constructor(
    reader: FrameReader,
    account: StreamAccount,
    subscriptions: Pick<SubscriptionLedger, "asked" | "seen">,
    silence: SilenceOptions,
    onRows: ((rows: readonly Row[]) => void) | undefined,
  ) {
    this.#channels = new QuietChannels(silence);
    this.#reader = reader;
    this.#account = account;
    this.#subscriptions = subscriptions;
    this.#onRows = onRows;
  }

  /**
   * Whether it is known how much later than their event times rows are received: not before the first one after the wall
   * clock was set.
   */
  get isLagKnown(): boolean {
    return this.#steppedMs === undefined;
  }

  /** The wall clock was set. @param nowMs monotonic. */
  clockStepped(nowMs: number): void {
    this.#steppedMs = nowMs;
  }

  get lag(): Pick<ReceiveLag, "lagMs" | "excessMs"> {
    return this.#lag;
  }

  get lastReceivedAtMs(): number | undefined {
    return this.#lastReceivedAtMs;
  }

  /** The last frame with rows since the last call; `undefined` where none came. */
  takeSample(): string | undefined {
    const sample = this.#sample;
    this.#sample = undefined;
    return sample;
  }

  /** Other topics are asked for from here on. */
  askedChanged(): void {
    this.#isAskedStale = true;
  }

  /** Channels of the link that are silent against all likelihood at `nowMs`, monotonic. */
  quiet(nowMs: number): readonly QuietChannel[] {
    return this.#channels.due(nowMs);
  }

  take(frame: ReceivedFrame): FrameNews {
    const { epoch, receivedAtMs, receivedMs, payload } = frame;
    if (epoch !== this.#epoch) this.#channels.reset();
    this.#epoch = epoch;
    const read = this.#reader.read(frame);
    const { parsed, content } = read;
    this.#lastReceivedAtMs = receivedAtMs;
    const latestTsNs = this.#account.frame(frame, read);
    if (latestTsNs !== undefined) {
      this.#lag.add(frame, Number(latestTsNs) / 1e6);
      if (this.#steppedMs !== undefined && receivedMs >= this.#steppedMs) this.#steppedMs = undefined;
      this.#sample = payload;
    }
    if (parsed === undefined) return { carriesData: false, statuses: NOTHING, seen: NOTHING };
    if (content.trades > 0) this.#channels.arrived("T", receivedAtMs, receivedMs);
    if (content.quotes > 0) this.#channels.arrived("Q", receivedAtMs, receivedMs);
    if (content.values > 0) this.#channels.arrived("V", receivedAtMs, receivedMs);
    const carriesData = content.trades + content.quotes + content.values > 0 || parsed.ignored.size > 0;
    return { carriesData, statuses: parsed.statuses, seen: this.#look(parsed.batches) };
  }

  #look(batches: readonly { readonly rows: readonly Row[] }[]): readonly string[] {
    if (this.#isAskedStale) {
      const { asked, seen } = this.#subscriptions;
      this.#unseen.reset(asked, seen);
      this.#isAskedStale = false;
    }
    let topics: string[] | undefined;
    for (const { rows } of batches) {
      this.#onRows?.(rows);
      if (this.#unseen.isEmpty) continue;
      for (const row of rows) {
        const topic = this.#unseen.take(row);
        if (topic === undefined) continue;
        if (topics === undefined) topics = [topic];
        else topics.push(topic);
      }
    }
    return topics ?? NOTHING;
  }
}
