import type { Telemetry } from "../../ports/telemetry.ts";

type Labels = Readonly<Record<string, string>>;

/** Telemetry that can be read. Labels tell series apart, whatever order they are written in. */
export class MemoryTelemetry implements Telemetry {
  readonly #counters = new Map<string, number>();
  readonly #gauges = new Map<string, number>();

  count(name: string, by: number, labels: Labels = {}): void {
    const series = seriesName(name, labels);
    this.#counters.set(series, (this.#counters.get(series) ?? 0) + by);
  }

  gauge(name: string, value: number, labels: Labels = {}): void {
    this.#gauges.set(seriesName(name, labels), value);
  }

  /** What a counter stands at; 0 for one that was never added to. */
  counterValue(name: string, labels: Labels = {}): number {
    return this.#counters.get(seriesName(name, labels)) ?? 0;
  }

  /** What a gauge was last set to; `undefined` for one that never was. */
  gaugeValue(name: string, labels: Labels = {}): number | undefined {
    return this.#gauges.get(seriesName(name, labels));
  }

  /** Every series by its name, `hydrator_cursor_age_ms{partition="0"}`. */
  series(): { readonly counters: ReadonlyMap<string, number>; readonly gauges: ReadonlyMap<string, number> } {
    return { counters: new Map(this.#counters), gauges: new Map(this.#gauges) };
  }
}

function seriesName(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.length === 0) return name;
  return `${name}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(",")}}`;
}
