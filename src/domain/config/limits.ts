/** The shortest time in seconds: a millisecond. */
export const MIN_SEC = 0.001;
/** The longest time in seconds that a timer is set to: a day. */
export const MAX_SEC = 86_400;
/** The same in milliseconds. */
export const MAX_MS = 86_400_000;
/** The most of anything that is counted. */
export const MAX_COUNT = 1_000_000_000;
/** A tebibyte. */
export const MAX_BYTES = 1_099_511_627_776;
