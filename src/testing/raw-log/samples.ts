import type { FrameDraft, RawDraft } from "../../domain/stream/raw-entry.ts";
import { SAMPLE_TIME_MS, sampleGap } from "../samples.ts";

/** A frame of one print, the `seq`-th of its connection. */
export function sampleFrame(seq: number, overrides: Partial<FrameDraft> = {}): FrameDraft {
  return {
    kind: "frame",
    position: { class: "options", shard: 0, epoch: 1, seq },
    receivedAtMs: SAMPLE_TIME_MS + seq,
    payload: `[{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":${seq},"t":1766437799445}]`,
    ...overrides,
  };
}

/** Frames `firstSeq` to `firstSeq + count - 1`. */
export function sampleFrames(firstSeq: number, count: number): readonly FrameDraft[] {
  return Array.from({ length: count }, (_, index) => sampleFrame(firstSeq + index));
}

/** One draft of each kind and shape, numbered from `firstSeq` on. */
export function sampleDrafts(firstSeq: number): readonly RawDraft[] {
  const position = (offset: number) => ({ class: "stocks" as const, shard: 3, epoch: 17, seq: firstSeq + offset });
  return [
    { kind: "connected", position: position(0), receivedAtMs: SAMPLE_TIME_MS },
    { kind: "frame", position: position(1), receivedAtMs: SAMPLE_TIME_MS + 0.125, payload: '[{"p":7.70,"x":"é€😀"}]' },
    { kind: "frame", position: position(2), receivedAtMs: undefined, payload: '  [ ]\r\n\t\u0000"\\' },
    { kind: "frame", position: position(3), receivedAtMs: SAMPLE_TIME_MS + 1, payload: "" },
    { kind: "heartbeat", position: position(4), receivedAtMs: SAMPLE_TIME_MS + 2 },
    { kind: "closed", position: position(5), receivedAtMs: SAMPLE_TIME_MS + 3, cause: "slow_consumer" },
    { kind: "gap", position: position(6), receivedAtMs: SAMPLE_TIME_MS + 4, gap: sampleGap() },
    {
      kind: "gap",
      position: position(7),
      receivedAtMs: undefined,
      gap: sampleGap({ fromAtMs: undefined, toAtMs: undefined, scope: "all", instruments: undefined }),
    },
  ];
}
