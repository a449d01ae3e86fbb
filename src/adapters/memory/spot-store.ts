import { checkedMessage } from "../../domain/context/message.ts";
import {
  type LoggedSpotFetch,
  type SpotAnalytics,
  type SpotFetch,
  type SpotValue,
  spotFetchSchema,
} from "../../domain/context/spot.ts";
import type { TrailPoint } from "../../domain/context/trail.ts";
import { type Cursor, splitCursor } from "../../domain/stream/cursor.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import type { SpotPutResult, SpotStore } from "../../ports/spot-store.ts";
import { assertLimit } from "../arguments.ts";
import { assertSeq } from "../context-arguments.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, tablesOf } from "./database.ts";
import type { SpotTable } from "./spot-table.ts";

/** A client of a database's spot values. The values it returns are frozen. */
export class MemorySpotStore extends PortClient implements SpotStore {
  readonly #spot: SpotTable;

  constructor(database: MemoryDatabase) {
    super();
    this.#spot = tablesOf(database).spot;
  }

  async put(producer: ProducerId, seq: number, fetch: SpotFetch): Promise<SpotPutResult> {
    const action = "store a spot fetch";
    this.assertOpen(action);
    assertSeq(action, seq);
    return this.#spot.put(producer, seq, checkedMessage(action, spotFetchSchema, fetch));
  }

  async fail(producer: ProducerId, seq: number): Promise<"stored" | "already"> {
    const action = "count a failed spot fetch";
    this.assertOpen(action);
    assertSeq(action, seq);
    return this.#spot.fail(producer, seq);
  }

  async storedSeq(producer: ProducerId): Promise<number> {
    this.assertOpen("read a producer's stored sequence");
    return this.#spot.storedSeq(producer);
  }

  async latest(symbol: string): Promise<SpotValue | null> {
    this.assertOpen("read a spot value");
    return this.#spot.latest(symbol);
  }

  async all(): Promise<ReadonlyMap<string, SpotValue>> {
    this.assertOpen("read the spot values");
    return this.#spot.all();
  }

  async trail(symbol: string): Promise<readonly TrailPoint[]> {
    this.assertOpen("read a spot trail");
    return this.#spot.trail(symbol);
  }

  async analytics(): Promise<SpotAnalytics> {
    this.assertOpen("read the spot analytics");
    return this.#spot.analytics();
  }

  async fetches(after: Cursor, limit: number): Promise<readonly LoggedSpotFetch[]> {
    const action = "read the log of spot fetches";
    this.assertOpen(action);
    assertLimit(action, limit);
    splitCursor(after);
    return this.#spot.fetches(after, limit);
  }
}
