import type { Row } from "../../src/domain/market/rows.ts";
import { nowMs } from "./provider-protocol.ts";

/** How long ago events were sent, by the stamp in their sequence: microseconds since `baseMs`. */
export class Ages {
  readonly baseMs: number = Math.floor(nowMs());
  readonly #fromMs: number;
  readonly #agesMs: number[] = [];
  #events = 0;

  /** @param warmUpMs what was sent in the first so many ms is counted and not judged. */
  constructor(warmUpMs: number) {
    this.#fromMs = warmUpMs;
  }

  /** All that came. */
  get events(): number {
    return this.#events;
  }

  addRows(rows: readonly Row[]): void {
    const atMs = nowMs() - this.baseMs;
    for (const row of rows) this.#add(atMs, row.type === "indexValue" ? undefined : row.sequence);
  }

  addEvents(events: readonly { readonly q: number }[]): void {
    const atMs = nowMs() - this.baseMs;
    for (const { q } of events) this.#add(atMs, q);
  }

  /** In ms. */
  quantile(share: number): number {
    const sorted = Float64Array.from(this.#agesMs).sort();
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  }

  described(): string {
    const [p50, p99, most] = [0.5, 0.99, 1].map((share) => this.quantile(share).toFixed(1));
    return `p50 ${p50} ms, p99 ${p99} ms, most ${most} ms`;
  }

  #add(atMs: number, stampUs: number | undefined): void {
    this.#events += 1;
    const sentMs = (stampUs ?? 0) / 1_000;
    if (sentMs >= this.#fromMs) this.#agesMs.push(atMs - sentMs);
  }
}
