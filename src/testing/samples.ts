import type { Gap } from "../domain/stream/gap.ts";

/**
 * What the samples of several ports share. Samples are the same on every call, and the values of one object differ from
 * each other, so that two fields that change places are found out. `overrides` replace what a test is about.
 */

/** 2025-12-22T21:09:59.445Z */
export const SAMPLE_TIME_MS = 1_766_437_799_445;
/** The same instant and some nanoseconds, which no double can hold. */
export const SAMPLE_TIME_NS = 1_766_437_799_445_123_457n;

export function sampleGap(overrides: Partial<Gap> = {}): Gap {
  return {
    connection: "options/0",
    fromAtMs: SAMPLE_TIME_MS - 1_500,
    toAtMs: SAMPLE_TIME_MS - 250.5,
    cause: "disconnect",
    scope: "instruments",
    instruments: ["O:SPXW251223P06870000", "O:SPXW251223C06870000"],
    ...overrides,
  };
}
