import { formatOptionTicker } from "../../src/domain/instrument/option-symbol.ts";
import { seededRandom } from "../../src/domain/random.ts";
import type { FrameDraft } from "../../src/domain/stream/raw-entry.ts";

/** 2025-12-22T21:09:59.445Z */
const START_MS = 1_766_437_799_445;
const EXPIRATIONS = ["2025-12-23", "2025-12-24", "2025-12-26"];

/** Frames of option trades on one underlying: mostly of strikes near the money, three expirations, from seq `firstSeq` on. */
export function tradeFrames(firstSeq: number, frames: number, tradesPerFrame: number): readonly FrameDraft[] {
  const random = seededRandom(firstSeq);
  return Array.from({ length: frames }, (_, index) => {
    const seq = firstSeq + index;
    const trades = Array.from({ length: tradesPerFrame }, (__, place) => {
      const distance = random.next() * random.next();
      const strike = 6_850 + 5 * Math.round(100 * distance * (random.next() < 0.5 ? -1 : 1));
      const sym = formatOptionTicker({
        root: "SPXW",
        expiration: EXPIRATIONS[Math.floor(random.next() ** 2 * EXPIRATIONS.length)] ?? "2025-12-23",
        right: random.next() < 0.5 ? "P" : "C",
        strikeThousandths: strike * 1_000,
      });
      const p = (1 + random.next() * 20).toFixed(2);
      const s = 1 + Math.floor(random.next() * 20);
      const q = seq * tradesPerFrame + place;
      return `{"ev":"T","sym":"${sym}","x":302,"p":${p},"s":${s},"c":[227],"t":${START_MS + seq},"q":${q}}`;
    });
    return {
      kind: "frame",
      position: { class: "options", shard: 0, epoch: 1, seq },
      receivedAtMs: START_MS + seq + 20,
      payload: `[${trades.join()}]`,
    };
  });
}
