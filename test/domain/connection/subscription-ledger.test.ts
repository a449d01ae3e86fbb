import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SubscriptionLedger } from "../../../src/domain/connection/subscription-ledger.ts";

const OPTIONS = { ackTimeoutMs: 10_000, maxAsks: 3 };

function resumed(...topics: string[]): SubscriptionLedger {
  const ledger = new SubscriptionLedger(OPTIONS);
  ledger.want(topics);
  ledger.resume(0);
  return ledger;
}

const subscribed = (topic: string) => ({ kind: "subscribed", topic }) as const;
const unsubscribed = (topic: string) => ({ kind: "unsubscribed", topic }) as const;

describe("SubscriptionLedger", () => {
  it("asks only for what is missing, and gives back what is wanted no more", () => {
    const ledger = resumed("T.A", "T.B");
    ledger.want(["T.B", "T.C"]);
    expect(ledger.diff(5)).toEqual({ unsubscribe: ["T.A"], subscribe: ["T.C"] });
    expect(ledger.diff(6)).toEqual({ unsubscribe: [], subscribe: [] });
  });

  it("asks a new link for everything again, and trusts nothing that the old one confirmed", () => {
    const ledger = resumed("T.A", "T.B");
    ledger.acknowledge(subscribed("T.A"), 0);
    ledger.see("T.B");
    expect(ledger.isResumed).toBe(true);
    expect(ledger.resume(50).subscribe).toEqual(["T.A", "T.B"]);
    expect([ledger.isResumed, ledger.holdsAny, ledger.pending.size]).toEqual([false, false, 2]);
  });

  it("takes data for a confirmation, of the topic or of all of its channel", () => {
    const ledger = resumed("T.*", "Q.AAPL");
    expect(ledger.see("Q.MSFT")).toBe(false);
    expect(ledger.see("Q.AAPL")).toBe(true);
    expect(ledger.see("T.MSFT")).toBe(true);
    expect([...ledger.seen]).toEqual(["Q.AAPL", "T.*"]);
    expect(ledger.acknowledge(subscribed("T.*"), 0)).toBe(false);
    expect([...ledger.acknowledged]).toEqual(["T.*"]);
  });

  it("does not know of answers for what it never asked for", () => {
    const ledger = resumed("T.A");
    expect(ledger.acknowledge(subscribed("T.Z"), 0)).toBe(false);
    expect(ledger.acknowledge(unsubscribed("T.Z"), 0)).toBe(false);
    expect(ledger.acknowledged.size).toBe(0);
  });

  it("asks again at the time limit, twice, then every five minutes", () => {
    const ledger = resumed("T.A", "T.B");
    ledger.acknowledge(subscribed("T.B"), 0);
    expect(ledger.deadlineAtMs()).toBe(10_000);
    expect(ledger.expire(9_999)).toEqual({ again: [], givenUp: [] });
    expect(ledger.expire(10_000)).toEqual({ again: ["T.A"], givenUp: [] });
    expect(ledger.expire(19_999)).toEqual({ again: [], givenUp: [] });
    expect(ledger.expire(20_000)).toEqual({ again: ["T.A"], givenUp: [] });
    expect(ledger.isResumed).toBe(false);
    expect(ledger.expire(30_000)).toEqual({ again: [], givenUp: ["T.A"] });
    expect(ledger.isResumed).toBe(true);
    expect(ledger.deadlineAtMs()).toBe(330_000);
    expect(ledger.expire(329_999)).toEqual({ again: [], givenUp: [] });
    expect(ledger.expire(330_000)).toEqual({ again: ["T.A"], givenUp: [] });
    expect(ledger.deadlineAtMs()).toBe(630_000);
    expect(ledger.diff(99_000).subscribe).toEqual([]);
    expect(ledger.acknowledge(subscribed("T.A"), 0)).toBe(true);
    expect(ledger.resume(100_000).subscribe).toEqual(["T.A", "T.B"]);
  });

  it("does not take the answer to an earlier request for one to the latest", () => {
    const ledger = resumed("T.A");
    ledger.want([]);
    ledger.diff(1);
    ledger.want(["T.A"]);
    ledger.diff(2);
    expect(ledger.acknowledge(subscribed("T.A"), 0)).toBe(false);
    expect(ledger.see("T.A")).toBe(false);
    ledger.acknowledge(unsubscribed("T.A"), 0);
    expect(ledger.acknowledge(subscribed("T.A"), 0)).toBe(true);
  });

  it("takes any answer once an item was asked for again, should the one before never come", () => {
    const ledger = resumed("T.A");
    ledger.want([]);
    ledger.diff(1);
    ledger.want(["T.A"]);
    ledger.diff(2);
    expect(ledger.expire(10_002).again).toEqual(["T.A"]);
    expect(ledger.acknowledge(subscribed("T.A"), 0)).toBe(true);
  });

  it("asks again for what the provider took back unasked", () => {
    const ledger = resumed("T.A");
    ledger.acknowledge(subscribed("T.A"), 0);
    ledger.acknowledge(unsubscribed("T.A"), 0);
    expect([...ledger.pending]).toEqual(["T.A"]);
    expect(ledger.expire(10_000).again).toEqual(["T.A"]);
  });

  it("asks again in time where the wall clock was set back", () => {
    const ledger = new SubscriptionLedger({ ackTimeoutMs: 10_000, maxAsks: 3 });
    ledger.want(["T.A"]);
    ledger.resume(3_600_000);
    expect(ledger.expire(5_000).again).toEqual([]);
    expect(ledger.expire(15_000).again).toEqual(["T.A"]);
  });

  it("refuses what is no topic and changes nothing", () => {
    const ledger = resumed("T.A");
    expect(() => ledger.want(["T.B", "T.A,T.B"])).toThrow(
      new TypeError('Cannot subscribe: a topic must be like T.* or Q.AAPL, current value is "T.A,T.B"'),
    );
    expect([...ledger.wanted]).toEqual(["T.A"]);
  });

  it("agrees with a provider that answers in order, whatever is wanted in between", () => {
    const topics = fc.subarray(["T.*", "T.A", "Q.A", "Q.B", "Q.C"]);
    const step = fc.oneof(topics, fc.constantFrom("answer" as const, "answer" as const, "reconnect" as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const ledger = new SubscriptionLedger(OPTIONS);
        const held = new Set<string>();
        let answers: { kind: "subscribed" | "unsubscribed"; topic: string }[] = [];
        const send = (diff: { unsubscribe: readonly string[]; subscribe: readonly string[] }) => {
          for (const topic of diff.unsubscribe) {
            expect(held.has(topic)).toBe(true);
            held.delete(topic);
            answers.push(unsubscribed(topic));
          }
          for (const topic of diff.subscribe) {
            // Repeated requests are never answered: asking for what is held would wait for ever.
            expect(held.has(topic)).toBe(false);
            held.add(topic);
            answers.push(subscribed(topic));
          }
        };
        const answer = () => {
          const next = answers.shift();
          if (next !== undefined) ledger.acknowledge(next, 0);
        };
        for (const at of steps) {
          if (at === "answer") answer();
          else if (at === "reconnect") {
            held.clear();
            answers = [];
            send(ledger.resume(0));
          } else {
            ledger.want(at);
            send(ledger.diff(0));
          }
          expect([...held].sort()).toEqual([...ledger.asked].sort());
          for (const topic of ledger.acknowledged) expect(held).toContain(topic);
        }
        while (answers.length > 0) answer();
        expect([...ledger.acknowledged].sort()).toEqual([...held].sort());
        expect(ledger.pending.size).toBe(0);
        expect(ledger.isResumed).toBe(true);
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});
