/** Where a quote came from: the stream itself, or the substrate, which has it from a fetched chain or from elsewhere. */
export const QUOTE_SOURCES = ["stream", "substrate"] as const;

export type QuoteSource = (typeof QUOTE_SOURCES)[number];
