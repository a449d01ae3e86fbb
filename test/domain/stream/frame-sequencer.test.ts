import { describe, expect, it } from "vitest";
import { FrameSequencer } from "../../../src/domain/stream/frame-sequencer.ts";
import type { RawDraft } from "../../../src/domain/stream/raw-entry.ts";

const CONNECTED = '[{"ev":"status","status":"connected","message":"Connected Successfully"}]';
const AUTHENTICATED = '[{"ev":"status","status":"auth_success","message":"authenticated"}]';
const SUBSCRIBED = '[{"ev":"status","status":"success","message":"subscribed to: T.*"}]';
const TRADE = '[{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":1,"t":1766437799445}]';

function place(draft: RawDraft): string {
  return `${draft.kind} ${draft.position.epoch}/${draft.position.seq}`;
}

function replay(frames: readonly (readonly [number | undefined, string])[]): RawDraft[] {
  const sequencer = new FrameSequencer("options");
  const drafts = frames.flatMap(([receivedAtMs, payload]) => sequencer.push({ receivedAtMs, payload }));
  return [...drafts, ...sequencer.finish()];
}

describe("FrameSequencer", () => {
  it("names the epochs of a connection by the time it was made, always a later one", () => {
    const epochs = replay([
      [5_000.25, TRADE],
      [5_000.5, CONNECTED],
      [5_000.75, CONNECTED],
      [9_000, CONNECTED],
    ]).map(({ position }) => position.epoch);
    expect([...new Set(epochs)]).toEqual([5_000, 5_001, 5_002, 9_000]);
  });

  it("counts epochs from 1 where the recorder kept no time", () => {
    const drafts = replay([
      [undefined, TRADE],
      [undefined, CONNECTED],
    ]);
    expect(drafts.map(({ position }) => position.epoch)).toEqual([1, 1, 2, 2, 2]);
  });

  it("numbers the frames of a recording that starts in the middle from 1 in epoch 1", () => {
    expect(
      replay([
        [1, TRADE],
        [2, TRADE],
      ]).map(place),
    ).toEqual(["frame 1/1", "frame 1/2"]);
  });

  it("makes one gap of a reconnect, from the last receipt to the confirmed subscription", () => {
    const drafts = replay([
      [1, CONNECTED],
      [2, AUTHENTICATED],
      [3, SUBSCRIBED],
      [4, TRADE],
      [50, CONNECTED],
      [51, AUTHENTICATED],
      [52, SUBSCRIBED],
      [53, SUBSCRIBED],
      [54, TRADE],
    ]);
    expect(drafts.map(place)).toEqual([
      "connected 1/1",
      "frame 1/2",
      "frame 1/3",
      "frame 1/4",
      "frame 1/5",
      "closed 1/6",
      "connected 50/1",
      "frame 50/2",
      "frame 50/3",
      "frame 50/4",
      "gap 50/5",
      "frame 50/6",
      "frame 50/7",
    ]);
    expect(drafts[10]).toMatchObject({
      gap: { connection: "options/0", fromAtMs: 4, toAtMs: 52, cause: "disconnect", scope: "all" },
    });
  });

  it("makes one gap of several attempts until a subscription is confirmed", () => {
    const drafts = replay([
      [1, TRADE],
      [10, CONNECTED],
      [20, CONNECTED],
      [30, CONNECTED],
      [31, SUBSCRIBED],
    ]);
    const gaps = drafts.filter((draft) => draft.kind === "gap");
    expect(gaps.map(({ gap }) => [gap.fromAtMs, gap.toAtMs])).toEqual([[1, 31]]);
    expect(drafts.at(-1)?.position.epoch).toBe(30);
  });

  it("leaves a gap open whose subscription was never confirmed", () => {
    const drafts = replay([
      [1, TRADE],
      [10, CONNECTED],
    ]);
    expect(drafts.at(-1)).toMatchObject({ kind: "gap", gap: { fromAtMs: 1, toAtMs: undefined } });
  });

  it("makes up no times where the recorder kept none", () => {
    const drafts = replay([
      [undefined, TRADE],
      [undefined, CONNECTED],
      [undefined, SUBSCRIBED],
    ]);
    expect(drafts.every((draft) => draft.receivedAtMs === undefined)).toBe(true);
    expect(drafts.at(-1)).toMatchObject({ kind: "gap", gap: { fromAtMs: undefined, toAtMs: undefined } });
  });

  it("takes a trade whose text mentions a status for a trade, and junk for a frame", () => {
    const tricky = '[{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":1,"t":1,"note":"status connected"}]';
    const drafts = replay([
      [1, TRADE],
      [2, tricky],
      [3, '{"ev":"status","status":"connected"'],
      [4, ""],
    ]);
    expect(drafts.map(place)).toEqual(["frame 1/1", "frame 1/2", "frame 1/3", "frame 1/4"]);
  });
});
