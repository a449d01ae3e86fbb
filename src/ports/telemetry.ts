/** Numbers about the process itself, for metrics. Never throws, never blocks. */
export interface Telemetry {
  /** Adds to a counter that only grows. `name` is snake_case with its unit: `hydrator_entries_total`. */
  count(name: string, by: number, labels?: Readonly<Record<string, string>>): void;
  /** Sets a gauge: `hydrator_cursor_age_ms`. */
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}
