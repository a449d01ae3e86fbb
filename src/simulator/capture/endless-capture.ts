import { seededRandom } from "../../domain/random.ts";
import { createMarket } from "../market/market.ts";
import type { MarketConfig } from "../market/market-config.ts";
import { encodeEvent } from "../wire/encode.ts";
import { FramePacker } from "../wire/frame-packer.ts";
import { ReceiptClock } from "../wire/receipt-clock.ts";
import { AUTHENTICATED, CONNECTED, subscribed } from "../wire/status.ts";
import { captureLine } from "./capture-line.ts";

/** Market time generated at a time. */
const STEP_MS = 10;

/** 2025-12-22 10:00 Eastern. */
const DEFAULT_START_MS = 1_766_415_600_000;

/**
 * Capture lines without end, for measuring: trades and quotes of every contract of a market, from one connection that
 * never breaks. Pure: the same seed and configuration give the same lines.
 *
 * @param config of the market; by default a busy one of 20,000 events/s from 2025-12-22 10:00 Eastern.
 * @example
 * ```ts
 * let characters = 0;
 * for (const line of endlessCapture(1)) {
 *   characters += line.length + 1;
 *   if (characters > 1e9) break;
 * }
 * ```
 */
export function* endlessCapture(seed: number, config: Partial<MarketConfig> = {}): Generator<string, never> {
  const random = seededRandom(seed);
  const market = createMarket(
    { startMs: DEFAULT_START_MS, optionEventsPerSecond: 20_000, ...config },
    random.fork("market"),
  );
  const packer = new FramePacker<ReturnType<typeof market.advance>[number]>(random.fork("frames"));
  const clock = new ReceiptClock(random.fork("receipts"));
  for (const status of [CONNECTED, AUTHENTICATED, subscribed("T.*")]) {
    yield captureLine(clock.receive(market.nowMs), `[${status}]`);
  }
  for (;;) {
    for (const event of market.advance(market.nowMs + STEP_MS)) {
      const frame = packer.push(event);
      const last = frame?.at(-1);
      if (frame === undefined || last === undefined) continue;
      let payload = "[";
      for (const member of frame) payload += payload.length === 1 ? encodeEvent(member) : `,${encodeEvent(member)}`;
      yield captureLine(clock.receive(last.publishedAtMs), `${payload}]`);
    }
  }
}
