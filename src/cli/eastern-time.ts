const NS_PER_MS = 1_000_000n;

const EASTERN = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/New_York",
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** Wall-clock time of the US exchanges. */
export interface EasternTime {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** `HH:MM:SS.mmm`. */
  readonly time: string;
}

/**
 * @param ms milliseconds since the Unix epoch.
 * @example
 * ```ts
 * easternTime(1_766_437_200_123); // { date: "2025-12-22", time: "16:00:00.123" }
 * ```
 */
export function easternTime(ms: number): EasternTime {
  const parts = new Map(EASTERN.formatToParts(ms).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return {
    date: `${part("year")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}:${part("second")}.${part("fractionalSecond")}`,
  };
}

/** The same for an event time. */
export function easternTimeOf(tsNs: bigint): EasternTime {
  return easternTime(Number(tsNs / NS_PER_MS));
}
