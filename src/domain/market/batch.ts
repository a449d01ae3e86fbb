import type { AssetClass } from "../instrument/resource.ts";
import type { Gap } from "../stream/gap.ts";

/** Version of the row and meta shapes; changes with any change that a reader could notice. */
export const SCHEMA_VERSION = 1;

export type BatchSource = "Ws" | "Rest" | "Flatfile";

/** `Prelim` as received; `Enriched` with derived fields (trade side); `Final` as corrected by the provider. */
export type BatchQuality = "Prelim" | "Enriched" | "Final";

/**
 * Whether rows may be missing before the watermark: `Complete` none that we know of, `Partial` some, for the reason in
 * `hint`, `Unknown` when nothing can be said.
 */
export type Completeness = "Complete" | "Partial" | "Unknown";

/** W is exclusive: no further row with event time < W is expected on this stream; rows at W are not late. */
export interface Watermark {
  readonly watermarkTsNs: bigint;
  readonly completeness: Completeness;
  /** Why the batch is not `Complete`. */
  readonly hint?: string;
}

/** One connection: an asset class and a shard of it. */
export interface ConnectionId {
  readonly class: AssetClass;
  readonly shard: number;
}

/**
 * Where in a live stream something stands. `epoch` counts the connections made (a new socket, a new epoch, always
 * larger); `seq` counts the entries of one epoch from 1 without a hole.
 */
export interface StreamPosition extends ConnectionId {
  readonly epoch: number;
  readonly seq: number;
}

export interface BatchMeta {
  readonly source: BatchSource;
  readonly quality: BatchQuality;
  readonly watermark: Watermark;
  readonly schemaVersion: number;
  /** Absent where the payload did not come over a sequenced connection. */
  readonly stream?: StreamPosition;
  /** Which rows were late: behind the watermark that was asserted before them. Absent where none was. */
  readonly lateRows?: readonly number[];
  /** A gap that ended before this batch, which then has no rows. */
  readonly gap?: Gap;
}

/** Rows of one kind in arrival order, and what is known about them as a whole. `rows` may be empty: a heartbeat. */
export interface DataBatch<T> {
  readonly rows: readonly T[];
  readonly meta: BatchMeta;
}

/** `{class}/{shard}`, the name of a connection in keys, logs and gaps. */
export function connectionName(connection: ConnectionId): string {
  return `${connection.class}/${connection.shard}`;
}

/** `{class}/{shard}/{epoch}/{seq}`, the `src` field of the raw stream. */
export function formatStreamPosition(position: StreamPosition): string {
  return `${position.class}/${position.shard}/${position.epoch}/${position.seq}`;
}

/** Reads what `formatStreamPosition` writes; `undefined` for anything else. */
export function parseStreamPosition(text: string): StreamPosition | undefined {
  const match = /^(options|stocks|indices)\/(\d{1,9})\/(\d{1,15})\/([1-9]\d{0,14})$/.exec(text);
  if (match === null) return undefined;
  return {
    class: match[1] as AssetClass,
    shard: Number(match[2]),
    epoch: Number(match[3]),
    seq: Number(match[4]),
  };
}
