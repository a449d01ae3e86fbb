import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RestClient } from "./rest-client.ts";

/** How far behind its receipt the time of a value may lie, ms, unless told otherwise: as for events of the feed. */
export const DEFAULT_MAX_FUTURE_SKEW_MS = 5_000;

/** What all endpoints share. */
export interface RestContext {
  readonly client: RestClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly origin: string;
  readonly maxPages: number;
  readonly maxFutureSkewMs: number;
}
