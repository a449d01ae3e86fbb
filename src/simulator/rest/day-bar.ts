/** What a price counts in. */
export interface Eligibility {
  readonly volume: boolean;
  readonly highLow: boolean;
  readonly openClose: boolean;
}

export const COUNTS: Eligibility = Object.freeze({ volume: true, highLow: true, openClose: true });
const VOLUME_ONLY: Eligibility = Object.freeze({ volume: true, highLow: false, openClose: false });
const NOTHING: Eligibility = Object.freeze({ volume: false, highLow: false, openClose: false });

/** What an option's print counts in. Cancellations and late prints count in nothing, extended hours only in volume. */
export function optionEligibility(conditions: readonly number[] | undefined): Eligibility {
  if (conditions === undefined) return COUNTS;
  if (conditions.some((id) => id >= 201 && id <= 207)) return NOTHING;
  return conditions.includes(248) ? VOLUME_ONLY : COUNTS;
}

/** Open, high, low, close and volume of a day or a minute. Prices in cents. */
export class Bar {
  /** Of the period: a date, or a minute in ms. */
  readonly period: string | number;
  openCents: number | undefined;
  highCents: number = -Infinity;
  lowCents: number = Infinity;
  closeCents: number | undefined;
  volume = 0;
  notionalCents = 0;
  prints = 0;
  updatedMs = 0;

  constructor(period: string | number) {
    this.period = period;
  }

  add(priceCents: number, size: number, tMs: number, counts: Eligibility): void {
    if (counts.volume) {
      this.volume += size;
      this.notionalCents += size * priceCents;
      this.prints += 1;
      this.updatedMs = Math.max(this.updatedMs, tMs);
    }
    if (counts.highLow) {
      this.highCents = Math.max(this.highCents, priceCents);
      this.lowCents = Math.min(this.lowCents, priceCents);
    }
    if (counts.openClose) {
      this.openCents ??= priceCents;
      this.closeCents = priceCents;
    }
  }
}

/** The bar of today, and what the one before ended at. */
export class Days {
  today: Bar | undefined;
  yesterday: Bar | undefined;
  previousCloseCents: number;

  constructor(previousCloseCents: number) {
    this.previousCloseCents = previousCloseCents;
  }

  /** The bar of a date, begun where it is a new one. A date that has gone is counted in today's. */
  at(date: string): Bar {
    if (this.today === undefined || (this.today.period as string) < date) {
      this.yesterday = this.today;
      this.previousCloseCents = this.today?.closeCents ?? this.previousCloseCents;
      this.today = new Bar(date);
    }
    return this.today;
  }
}
