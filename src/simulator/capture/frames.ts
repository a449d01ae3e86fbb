import type { Random } from "../../domain/random.ts";
import { FramePacker, packFrames } from "../wire/frame-packer.ts";
import { ReceiptClock } from "../wire/receipt-clock.ts";
import { respell } from "../wire/respell.ts";
import { type CaptureFrame, type CaptureItem, framePayload } from "./capture-item.ts";
import { CAPTURE_START_MS } from "./scenario.ts";

/** What a proxy answers in place of the provider. */
const NOT_JSON = "upstream connect error or disconnect/reset before headers. reset reason: connection timeout";

/** Times after the start from which on frames are respelt, one is cut short, and one is not JSON at all. */
const RESPELT_AFTER_MS: readonly number[] = [57_000, 158_000, 317_000, 374_000];
const TRUNCATED_AFTER_MS = 269_000;
const NOT_JSON_AFTER_MS = 336_000;

/** Packs the items into frames, gives them receipt times, and breaks two of them. */
export function frameItems(items: readonly CaptureItem[], random: Random): readonly CaptureFrame[] {
  const clock = new ReceiptClock(random.fork("receipts"));
  const frames: CaptureFrame[] = [];
  for (const members of packFrames(items, new FramePacker<CaptureItem>(random.fork("frames")))) {
    const receivedAtMs = clock.receive(members.at(-1)?.publishedAtMs ?? 0);
    frames.push({ receivedAtMs, items: members, payload: framePayload(members), fault: undefined });
  }
  for (const afterMs of RESPELT_AFTER_MS) {
    replaceFirst(frames, afterMs, isPlain, (frame) => [respelt(frame, random)]);
  }
  // Of quotes alone: what is lost with them changes no account of prints.
  replaceFirst(frames, TRUNCATED_AFTER_MS, isQuotesOnly, (frame) => [
    { ...frame, payload: frame.payload.slice(0, Math.floor(frame.payload.length * 0.7)), fault: "truncated" },
  ]);
  replaceFirst(frames, NOT_JSON_AFTER_MS, isPlain, (frame) => [
    { receivedAtMs: frame.receivedAtMs, items: [], payload: NOT_JSON, fault: "notJson" },
    frame,
  ]);
  return frames;
}

function respelt(frame: CaptureFrame, random: Random): CaptureFrame {
  const items = frame.items.map((item) => ({ ...item, text: respell(item.text, random) }));
  return { ...frame, items, payload: framePayload(items) };
}

function isPlain({ items, fault }: CaptureFrame): boolean {
  return fault === undefined && items.length >= 4 && items.every(({ kind }) => kind === "trade" || kind === "quote");
}

function isQuotesOnly(frame: CaptureFrame): boolean {
  return isPlain(frame) && frame.items.every(({ kind }) => kind === "quote");
}

/** Replaces the first suitable frame that is received so long after the start. */
function replaceFirst(
  frames: CaptureFrame[],
  afterMs: number,
  isSuitable: (frame: CaptureFrame) => boolean,
  replace: (frame: CaptureFrame) => readonly CaptureFrame[],
): void {
  const place = frames.findIndex((frame) => frame.receivedAtMs >= CAPTURE_START_MS + afterMs && isSuitable(frame));
  const frame = frames[place];
  if (frame !== undefined) frames.splice(place, 1, ...replace(frame));
}
