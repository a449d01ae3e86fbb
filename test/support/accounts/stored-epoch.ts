import type { SentConnection } from "./sent-connections.ts";

/** One epoch of a connection, as the entries of the raw stream tell it. */
export interface StoredEpoch {
  /** `{class}/{shard}/{epoch}` */
  readonly name: string;
  /** `{class}/{shard}` */
  readonly connection: string;
  readonly assetClass: string;
  readonly epoch: number;
  /** The connection of the server that it was; from its first frame on. */
  sent: SentConnection | undefined;
  seq: number;
  isClosed: boolean;
  /** Of frames, answered pings and the opening. */
  lastReceiptMs: number;
}

/** Where an entry says that it stands: its `src`. */
export interface Place {
  readonly connection: string;
  readonly assetClass: string;
  readonly epoch: number;
  readonly seq: number;
}

const PLACE = /^((\w+)\/\d+)\/(\d+)\/(\d+)$/;

export function placeOf(src: string | undefined): Place | undefined {
  const [, connection, assetClass, epoch, seq] = PLACE.exec(src ?? "") ?? [];
  if (connection === undefined || assetClass === undefined) return undefined;
  return { connection, assetClass, epoch: Number(epoch), seq: Number(seq) };
}
