import { describe, expect, it } from "vitest";
import type { LogEntry } from "../../../src/simulator/index.ts";
import { SourceAccounts } from "./source-accounts.ts";

const CONNECTION = "options/0";
/** Seconds of a key. */
const seconds = (ms: number): string => String(ms / 1_000);

const print = (q: number): string =>
  `{"ev":"T","sym":"O:SPXW251223P06870000","x":302,"p":7.7,"s":1,"c":[209],"t":900,"q":${q}}`;
const quote = `{"ev":"Q","sym":"O:SPXW251223P06870000","bp":7.6,"ap":7.8,"t":900}`;
const ACK = `[{"ev":"status","status":"success","message":"subscribed to: T.*"}]`;

/** A run as its server and its Redis tell it, step by step. */
class Run {
  readonly accounts = new SourceAccounts();
  #seq = 0;
  #frames = 0;
  #bytes = 0;
  #connection = 0;
  #epoch = 0;

  /** Opens a connection and an epoch, and subscribes. */
  open(atMs: number): this {
    this.#connection += 1;
    this.#epoch = atMs;
    this.#seq = 0;
    const connection = this.#connection;
    this.#log({ kind: "connected", atMs, connection, assetClass: "options" });
    this.#log({ kind: "received", atMs, connection, text: '{"action":"subscribe","params":"T.*"}' });
    this.#store({ ts: seconds(atMs), payload: "[]", kind: "connected" });
    return this.sends(ACK, atMs).stores(ACK, atMs);
  }

  sends(payload: string, atMs: number): this {
    const events = payload === ACK ? 0 : 1;
    const entry = { kind: "frame", atMs, connection: this.#connection, frame: 0, events, statuses: 0 } as const;
    this.#log({ ...entry, bytes: payload.length, origin: "feed", payload });
    return this;
  }

  stores(payload: string, atMs: number): this {
    this.#frames += 1;
    this.#bytes += payload.length;
    this.#store({ ts: seconds(atMs), payload });
    return this;
  }

  /** Sent and stored, with its print. */
  brings(q: number, atMs: number, flags = ""): this {
    return this.sends(`[${print(q)}]`, atMs)
      .stores(`[${print(q)}]`, atMs)
      .keeps(q, flags);
  }

  keeps(q: number, flags = ""): this {
    this.accounts.trade({
      sym: "O:SPXW251223P06870000",
      p: "7.7",
      s: "1",
      t: "900",
      q: `${q}`,
      x: "302",
      c: "[209]",
      flags,
    });
    return this;
  }

  loses(q: number, atMs: number, connection: number | null = null): this {
    const reason = connection === null ? "unheard" : "closed";
    const what = { assetClass: "options", connection, reason, events: 1, payload: `[${print(q)}]` } as const;
    this.#log({ kind: "unsent", atMs, ...what });
    return this;
  }

  gap(fromMs: number, toMs: number, cause = "disconnect", scope = "all"): this {
    const gap = { connection: CONNECTION, from_ts: seconds(fromMs), to_ts: seconds(toMs), cause, scope };
    if (cause !== "quarantine") {
      this.#store({ ts: seconds(fromMs), payload: "[]", kind: "gap", info: JSON.stringify(gap) });
    }
    this.accounts.gap(gap);
    return this;
  }

  findings(): readonly string[] {
    return this.accounts.settle({ frames: String(this.#frames), bytes: String(this.#bytes) }).findings;
  }

  #log(entry: LogEntry): void {
    this.accounts.sent(entry);
  }

  #store(fields: Record<string, string>): void {
    this.#seq += 1;
    this.accounts.raw({ src: `${CONNECTION}/${this.#epoch}/${this.#seq}`, ...fields });
  }
}

describe("the accounts of a source", () => {
  it("balance where all that was sent is stored, however late it was received", () => {
    const run = new Run()
      .open(1_000)
      .brings(1, 1_001)
      .sends(`[${print(2)}]`, 1_002)
      .stores(`[${print(2)}]`, 9_000)
      .keeps(2);
    expect(run.findings()).toEqual([]);
  });

  it("find what was received before it was sent", () => {
    const run = new Run()
      .open(1_000)
      .sends(`[${print(2)}]`, 1_002)
      .stores(`[${print(2)}]`, 1_001)
      .keeps(2);
    expect(run.findings()).toEqual(["raw options/0/1000/3 frame: received at 1001, sent at 1002"]);
  });

  describe("where a frame is missing between two that are stored", () => {
    const missing = (text: string): Run =>
      new Run().open(1_000).brings(1, 1_001).sends(`[${text}]`, 1_002).brings(3, 1_009);

    it("ask for a gap that meets the time between their receipts", () => {
      expect(missing(print(2)).findings()).toEqual(["feed frame at 1002: in no gap"]);
      expect(missing(print(2)).gap(1_004, 1_005, "shed").findings()).toEqual([]);
      expect(missing(print(2)).gap(1_001, 1_001, "shed").findings()).toEqual(["feed frame at 1002: in no gap"]);
      expect(missing(print(2)).gap(1_010, 1_011, "shed").findings()).toEqual(["feed frame at 1002: in no gap"]);
    });

    it("take a gap of quotes for quotes only, and one of a refusal for nothing else", () => {
      expect(missing(quote).gap(1_004, 1_005, "shed", "quotes").findings()).toEqual([]);
      expect(missing(print(2)).gap(1_004, 1_005, "shed", "quotes").findings()).toEqual([
        "feed frame at 1002: in no gap",
      ]);
      expect(missing(print(2)).gap(1_004, 1_004, "quarantine").findings()).toContain("feed frame at 1002: in no gap");
    });
  });

  describe("where something is lost behind the last receipt of a link", () => {
    it("ask for a gap that begins no later than the loss or that receipt, and ends no earlier than the loss", () => {
      const lost = (): Run => new Run().open(1_000).brings(1, 1_001).loses(2, 1_005, 1).loses(3, 1_020);
      expect(lost().gap(1_001, 1_020).findings()).toEqual([]);
      expect(lost().gap(1_001, 1_019).findings()).toEqual(["1 prints at 1020, unheard,: in no gap"]);
      expect(lost().gap(1_000, 1_004).findings()).toEqual([
        "1 prints of 1 at 1005, closed,: in no gap",
        "1 prints at 1020, unheard,: in no gap",
      ]);
    });

    it("take a receipt that came late for the beginning, and no later one", () => {
      const late = (): Run => {
        const run = new Run()
          .open(1_000)
          .sends(`[${print(1)}]`, 1_001)
          .loses(2, 1_005, 1);
        return run.stores(`[${print(1)}]`, 1_050).keeps(1);
      };
      expect(late().gap(1_050, 1_060).findings()).toEqual([]);
      expect(late().open(1_051).gap(1_051, 1_060).findings()).toEqual(["1 prints of 1 at 1005, closed,: in no gap"]);
    });

    it("do not ask for what another connection brought, nor for what was published before the first subscription", () => {
      expect(new Run().loses(9, 1_000).open(1_000).brings(1, 1_001).findings()).toEqual([]);
      const run = new Run().open(1_000).brings(1, 1_001).loses(2, 1_002, 1).open(1_010).brings(2, 1_011);
      expect(run.findings()).toEqual([]);
    });
  });

  it("count every copy within an epoch, and mark what another epoch brought before", () => {
    expect(new Run().open(1_000).brings(1, 1_001).brings(1, 1_002).findings()).toEqual([]);
    const twice = (flags: string): readonly string[] =>
      new Run().open(1_000).brings(1, 1_001).open(1_010).brings(1, 1_011, flags).brings(1, 1_012).findings();
    expect(twice("dup late")).toEqual([]);
    expect(twice("")).toEqual([expect.stringMatching(/: marked as a duplicate 0 times, is one 1 times$/)]);
  });

  it("ask for a gap at the receipt of what cannot be read", () => {
    const garbled = (): Run => new Run().open(1_000).sends("[{", 1_002).stores("[{", 1_003);
    expect(garbled().findings()).toEqual(["raw options/0/1000/3 frame: in no gap"]);
    expect(garbled().gap(1_003, 1_003, "quarantine").findings()).toEqual([]);
    expect(new Run().open(1_000).gap(1_000, 1_000, "quarantine").findings()).toEqual([
      "gap options/0 quarantine all 1000..1000: of nothing",
    ]);
  });

  it("find a hole, entries behind the end, and an epoch without a connection or behind a later one", () => {
    const holed = new Run().open(1_000);
    holed.accounts.raw({ src: "options/0/1000/4", ts: "1.002", payload: "[]", kind: "heartbeat" });
    expect(holed.findings()).toEqual(["raw options/0/1000/4 heartbeat: behind 2"]);

    const ended = new Run().open(1_000);
    ended.accounts.raw({
      src: "options/0/1000/3",
      ts: "1",
      payload: "[]",
      kind: "closed",
      info: '{"cause":"disconnect"}',
    });
    ended.accounts.raw({ src: "options/0/1000/4", ts: "1.002", payload: "[]", kind: "heartbeat" });
    expect(ended.findings()).toEqual(["raw options/0/1000/4 heartbeat: behind the end of its epoch"]);

    const older = new Run().open(1_000);
    older.accounts.raw({ src: "options/0/999/1", ts: "1.002", payload: "[]", kind: "connected" });
    older.accounts.raw({ src: "options/0/999/2", ts: "1.003", payload: ACK });
    expect(older.findings()).toEqual([
      "raw options/0/999: behind a later epoch",
      "raw options/0/999: nobody connected",
      "raw options/0/999/2 frame: not sent, or not in this order",
      expect.stringMatching(/^analytics: frames/),
      expect.stringMatching(/^analytics: bytes/),
    ]);
  });
});
