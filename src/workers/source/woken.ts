/**
 * Why a wait was cut short, for `AbortController.abort`: without a reason of ours it makes an exception with its stack,
 * some microseconds in every turn.
 */
export const WOKEN = "woken";
