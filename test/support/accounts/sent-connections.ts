import type { AssetClass } from "../../../src/domain/instrument/resource.ts";
import type { FrameEntry, LogEntry, UnsentEntry } from "../../../src/simulator/index.ts";
import { printsIn } from "./print-identity.ts";

/** A frame that was handed to a socket. */
export interface SentFrame {
  readonly atMs: number;
  readonly payload: string;
  readonly origin: FrameEntry["origin"];
}

/** Prints of the subscription that were never handed to a socket. */
export interface Loss {
  readonly atMs: number;
  readonly prints: number;
  /** Their identities, where a connection was subscribed to them: another one may have had them as well. */
  readonly identities: readonly string[];
  readonly reason: UnsentEntry["reason"];
}

/** One connection, as the server's log tells it. */
export interface SentConnection {
  readonly id: number;
  readonly assetClass: AssetClass;
  readonly connectedAtMs: number;
  /** When a subscription first came from it. */
  subscribedAtMs: number | undefined;
  lastDataAtMs: number;
  /** Frames that were not looked for yet, in order. */
  readonly waiting: SentFrame[];
  readonly losses: Loss[];
  sentTruncated: number;
}

/** What a server sent to whom, and what it did not, from its own log; the log has to keep all payloads. */
export class SentConnections {
  readonly #connections = new Map<number, SentConnection>();
  readonly #subscribed = new Set<AssetClass>();
  /** Prints that nobody was subscribed to, since somebody first was: the log's order tells what times may not. */
  readonly unheard: Record<AssetClass, Loss[]> = { options: [], stocks: [], indices: [] };
  frames = 0;

  note(entry: LogEntry): void {
    if (entry.kind === "connected") {
      const { connection: id, assetClass, atMs: connectedAtMs } = entry;
      const nothing = { subscribedAtMs: undefined, lastDataAtMs: 0, waiting: [], losses: [], sentTruncated: 0 };
      this.#connections.set(id, { id, assetClass, connectedAtMs, ...nothing });
    } else if (entry.kind === "received") {
      const connection = this.#connections.get(entry.connection);
      if (connection === undefined || !entry.text.includes('"subscribe"')) return;
      connection.subscribedAtMs ??= entry.atMs;
      this.#subscribed.add(connection.assetClass);
    } else if (entry.kind === "frame") this.#noteFrame(entry);
    else if (entry.kind === "unsent") this.#noteUnsent(entry);
  }

  /** Of one class, oldest first. */
  of(assetClass: AssetClass): readonly SentConnection[] {
    return [...this.#connections.values()].filter((connection) => connection.assetClass === assetClass);
  }

  all(): readonly SentConnection[] {
    return [...this.#connections.values()];
  }

  #noteFrame({ atMs, connection: id, events, origin, payload }: FrameEntry): void {
    const connection = this.#connections.get(id);
    if (connection === undefined || payload === undefined) throw new Error("Cannot keep accounts without payloads");
    this.frames += 1;
    if (events > 0) connection.lastDataAtMs = atMs;
    if (origin === "truncated") connection.sentTruncated += 1;
    connection.waiting.push({ atMs, payload, origin });
  }

  #noteUnsent({ atMs, assetClass, connection: id, reason, payload }: UnsentEntry): void {
    if (payload === undefined) throw new Error("Cannot keep accounts without payloads of what was not sent");
    if (id === null && !this.#subscribed.has(assetClass)) return;
    const found = printsIn(payload);
    if (found.length === 0 && reason !== "truncated") return;
    const losses = id === null ? this.unheard[assetClass] : this.#connections.get(id)?.losses;
    losses?.push({ atMs, prints: found.length, identities: id === null ? [] : found, reason });
  }
}
