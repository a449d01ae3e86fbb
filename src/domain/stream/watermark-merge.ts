/** What a shard says of itself. `idle` and `ended` shards do not hold the others back. */
export type ShardStatus = "active" | "idle" | "ended";

/** The watermark of several streams as one. */
export interface MergedWatermark {
  /** `undefined` while a registered shard has never told. */
  readonly watermarkTsNs: bigint | undefined;
  /** `idle` while every shard is idle or ended. */
  readonly status: "active" | "idle";
}

/**
 * Merges the watermarks of a known list of shards: the minimum over the active ones, never decreasing.
 *
 * A registered shard without a watermark blocks the merge. A shard that comes back behind the merged watermark does not
 * pull it back: its rows behind it are late.
 */
export class WatermarkMerge {
  readonly #shards: Map<string, { status: ShardStatus; watermarkTsNs: bigint | undefined }>;
  #merged: bigint | undefined;

  /** @throws {RangeError} for an empty list. */
  constructor(shards: readonly string[]) {
    if (shards.length === 0) throw new RangeError("Cannot merge watermarks: at least 1 shard is required, got 0");
    this.#shards = new Map(shards.map((shard) => [shard, { status: "active", watermarkTsNs: undefined }]));
  }

  /** A shard asserts its watermark, which makes it active. @throws {TypeError} for a shard that is not registered. */
  advance(shard: string, watermarkTsNs: bigint): MergedWatermark {
    const entry = this.#entry(shard);
    entry.status = "active";
    if (entry.watermarkTsNs === undefined || watermarkTsNs > entry.watermarkTsNs) entry.watermarkTsNs = watermarkTsNs;
    return this.read();
  }

  /** A shard declares itself idle, or ended. @throws {TypeError} for a shard that is not registered. */
  declare(shard: string, status: "idle" | "ended"): MergedWatermark {
    this.#entry(shard).status = status;
    return this.read();
  }

  read(): MergedWatermark {
    let lowest: bigint | undefined;
    let active = 0;
    for (const { status, watermarkTsNs } of this.#shards.values()) {
      if (status !== "active") continue;
      active += 1;
      if (watermarkTsNs === undefined) return { watermarkTsNs: this.#merged, status: "active" };
      if (lowest === undefined || watermarkTsNs < lowest) lowest = watermarkTsNs;
    }
    if (lowest !== undefined && (this.#merged === undefined || lowest > this.#merged)) this.#merged = lowest;
    return { watermarkTsNs: this.#merged, status: active === 0 ? "idle" : "active" };
  }

  #entry(shard: string): { status: ShardStatus; watermarkTsNs: bigint | undefined } {
    const entry = this.#shards.get(shard);
    if (entry === undefined) {
      const known = [...this.#shards.keys()].join(", ");
      throw new TypeError(`Cannot advance a shard: it must be one of ${known}, current value is "${shard}"`);
    }
    return entry;
  }
}
