import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { Fault } from "./fault.ts";
import { ASSET_CLASSES } from "./protocol.ts";

/** Why a published event did not go to a connection, or to anybody. */
export type UnsentReason =
  /** Nobody was subscribed to it, or nobody connected. */
  | "unheard"
  /** A `stall` whose backlog is dropped. */
  | "stalled"
  /** Its frame was cut short by a `garbage` fault. */
  | "truncated"
  /** The connection ended before it could be handed to the socket. */
  | "closed"
  /** The connection's buffer was full. */
  | "slowConsumer";

/** Where a frame came from: the feed (data and statuses), or a fault. */
export type FrameOrigin = "feed" | "duplicate" | "notJson" | "truncated";

/** A frame, at the moment at which it was handed to the socket. */
export interface FrameEntry {
  readonly kind: "frame";
  readonly atMs: number;
  readonly connection: number;
  /** Counts a connection's frames from 1. */
  readonly frame: number;
  /** Whole market events in it; 0 in a truncated one. Those of a duplicate are in no sum. */
  readonly events: number;
  readonly statuses: number;
  readonly bytes: number;
  readonly origin: FrameOrigin;
  /** The text; absent unless the log keeps payloads. */
  readonly payload?: string;
}

/** Published events that were not sent. */
export interface UnsentEntry {
  readonly kind: "unsent";
  readonly atMs: number;
  readonly assetClass: AssetClass;
  /** The connection that was subscribed to them; `null` where none was. */
  readonly connection: number | null;
  readonly reason: UnsentReason;
  readonly events: number;
  /** The events as a frame would hold them; absent unless the log keeps those. */
  readonly payload?: string;
}

/** A request and what it was answered with, at the moment at which the answer was handed to the socket. */
export interface RequestEntry {
  readonly kind: "request";
  readonly atMs: number;
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  /** Without the key; of a later page that of the first. */
  readonly query: string;
  /** Of a list, 1 for the first. */
  readonly page: number;
  /** 0 where the client was gone. */
  readonly status: number;
  /** Of the body, as far as it was sent. */
  readonly bytes: number;
  /** Faults that the request met. */
  readonly faults: readonly string[];
}

/** One entry of the server's log. `atMs` is the clock's wall time; connections count from 1 over the server's life. */
export type LogEntry =
  | { readonly kind: "started" | "stopped"; readonly atMs: number; readonly url: string }
  | { readonly kind: "connected"; readonly atMs: number; readonly connection: number; readonly assetClass: AssetClass }
  | { readonly kind: "rejected"; readonly atMs: number; readonly path: string; readonly why: string }
  | {
      readonly kind: "received";
      readonly atMs: number;
      readonly connection: number;
      /** The message, without a key in it. */
      readonly text: string;
    }
  | FrameEntry
  | UnsentEntry
  | RequestEntry
  | { readonly kind: "fault"; readonly atMs: number; readonly fault: Fault }
  | {
      readonly kind: "closed";
      readonly atMs: number;
      readonly connection: number;
      /** Who ended it. */
      readonly by: "client" | "server";
      /** Of the close frame that came from the client, 1006 where none came. */
      readonly code: number;
      /** Why the server ended it; the client's reason otherwise. */
      readonly reason: string;
      /** How many of its last frames never wholly left this process. What left it may be lost on the way as well. */
      readonly undelivered: number;
    };

/** What the log keeps. */
export interface LogOptions {
  /** Texts of frames (`sent`), also of events that were not sent (`all`), or `none`. @default "none" */
  readonly payloads?: "none" | "sent" | "all";
  /** Entries kept; older ones are forgotten, and counted. @default 100000 */
  readonly maxEntries?: number;
  /** Characters of payloads kept. @default 67108864 */
  readonly maxCharacters?: number;
}

/** Sums over the whole life of a server, whatever entries were forgotten. */
export interface LogTotals {
  /** Market events, by class. Each was sent to somebody, is waiting to be, or is among the unsent. */
  readonly published: Readonly<Record<AssetClass, number>>;
  /** Published events that nobody was subscribed to. */
  readonly unheard: Readonly<Record<AssetClass, number>>;
  readonly connections: number;
  /** Frames handed to sockets, of any origin. */
  readonly frames: number;
  readonly bytes: number;
  /** Events in frames of the feed, once for each connection. */
  readonly sent: number;
  /** Events that a connection was subscribed to and did not get, by reason. */
  readonly unsent: Readonly<Record<Exclude<UnsentReason, "unheard">, number>>;
  /** HTTP requests, answered or not. */
  readonly requests: number;
  /** Bytes of their answers' bodies. */
  readonly answerBytes: number;
  /** Requests by the status that they were answered with. */
  readonly answers: Readonly<Record<string, number>>;
  /** Entries that are no longer kept. */
  readonly forgotten: number;
}

/** Reads the log. */
export interface SimulatorLog {
  /** Entries still kept, oldest first. */
  entries(): readonly LogEntry[];
  /** Frames still kept, of one connection if given. */
  frames(connection?: number): readonly FrameEntry[];
  /** Requests still kept, of paths that begin so if given. */
  requests(path?: string): readonly RequestEntry[];
  totals(): LogTotals;
  /** Calls `listener` for every entry to come. @returns a function that ends it. */
  listen(listener: (entry: LogEntry) => void): () => void;
}

type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

/** The log of a server: a bounded list of entries, and sums that nothing is missing from. */
export class ServerLog implements SimulatorLog {
  readonly payloads: "none" | "sent" | "all";
  readonly #maxEntries: number;
  readonly #maxCharacters: number;
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  #entries: LogEntry[] = [];
  /** Place of the oldest entry kept. */
  #first = 0;
  #characters = 0;
  readonly #published = countPerClass();
  readonly #unheard = countPerClass();
  readonly #unsent = { stalled: 0, truncated: 0, closed: 0, slowConsumer: 0 };
  readonly #sums = { connections: 0, frames: 0, bytes: 0, sent: 0, requests: 0, answerBytes: 0, forgotten: 0 };
  readonly #answers = new Map<string, number>();

  constructor(options: Required<LogOptions>) {
    this.payloads = options.payloads;
    this.#maxEntries = options.maxEntries;
    this.#maxCharacters = options.maxCharacters;
  }

  entries(): readonly LogEntry[] {
    return this.#entries.slice(this.#first);
  }

  frames(connection?: number): readonly FrameEntry[] {
    return this.entries().filter(
      (entry): entry is FrameEntry =>
        entry.kind === "frame" && (connection === undefined || entry.connection === connection),
    );
  }

  requests(path = ""): readonly RequestEntry[] {
    return this.entries().filter(
      (entry): entry is RequestEntry => entry.kind === "request" && entry.path.startsWith(path),
    );
  }

  totals(): LogTotals {
    return {
      ...this.#sums,
      answers: Object.fromEntries(this.#answers),
      published: { ...this.#published },
      unheard: { ...this.#unheard },
      unsent: { ...this.#unsent },
    };
  }

  listen(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Counts events that the market published, and those of them that nobody was subscribed to. */
  published(assetClass: AssetClass, events: number, unheard: number): void {
    this.#published[assetClass] += events;
    this.#unheard[assetClass] += unheard;
  }

  add(entry: LogEntry): void {
    this.#count(entry);
    this.#entries.push(entry);
    this.#characters += payloadLength(entry);
    while (this.#entries.length - this.#first > this.#maxEntries || this.#characters > this.#maxCharacters) {
      this.#forgetOldest();
    }
    for (const listener of this.#listeners) listener(entry);
  }

  #count(entry: LogEntry): void {
    const sums = this.#sums;
    if (entry.kind === "frame") {
      sums.frames += 1;
      sums.bytes += entry.bytes;
      if (entry.origin === "feed") sums.sent += entry.events;
    } else if (entry.kind === "unsent") {
      if (entry.reason !== "unheard") this.#unsent[entry.reason] += entry.events;
    } else if (entry.kind === "request") {
      sums.requests += 1;
      sums.answerBytes += entry.bytes;
      this.#answers.set(`${entry.status}`, (this.#answers.get(`${entry.status}`) ?? 0) + 1);
    } else if (entry.kind === "connected") {
      sums.connections += 1;
    }
  }

  #forgetOldest(): void {
    const oldest = this.#entries[this.#first];
    if (oldest !== undefined) this.#characters -= payloadLength(oldest);
    this.#first += 1;
    this.#sums.forgotten += 1;
    // Given back in large pieces: moving the rest for each one would be quadratic.
    if (this.#first > 1_000 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}

function countPerClass(): Writable<Record<AssetClass, number>> {
  return Object.fromEntries(ASSET_CLASSES.map((name) => [name, 0])) as Record<AssetClass, number>;
}

function payloadLength(entry: LogEntry): number {
  if (entry.kind === "received") return entry.text.length;
  return entry.kind === "frame" || entry.kind === "unsent" ? (entry.payload?.length ?? 0) : 0;
}
