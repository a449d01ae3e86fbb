import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RestClient } from "./rest-client.ts";

/** What all endpoints share. */
export interface RestContext {
  readonly client: RestClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly origin: string;
  readonly maxPages: number;
  readonly maxFutureSkewMs: number;
}
