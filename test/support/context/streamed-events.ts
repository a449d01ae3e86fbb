import type { StreamItem } from "../../e2e/redis-contract/plain-reader.ts";

/** An event of the provider as the raw stream holds it. */
export interface StreamedEvent {
  readonly ev: string;
  readonly sym: string;
  /** ms */
  readonly t: number;
  readonly bp?: number;
  readonly ap?: number;
  readonly p?: number;
}

/** Trades and quotes of a raw stream, in its order. */
export function streamedEvents(items: readonly StreamItem[]): readonly StreamedEvent[] {
  return items
    .flatMap(({ fields }): readonly StreamedEvent[] => JSON.parse(fields["payload"] ?? "[]"))
    .filter(({ ev }) => ev === "T" || ev === "Q");
}
