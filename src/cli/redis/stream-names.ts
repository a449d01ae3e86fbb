/** The streams that can be read, by their names without a prefix. */
export const STREAM_NAMES = ["massive:ws:stream", "massive:spot:stream"] as const;

export type StreamName = (typeof STREAM_NAMES)[number];

/** The same by the names of their keys. */
export type StreamKeyName = "rawStream" | "spotStream";
