import { MemorySpotStore } from "../../src/adapters/memory/index.ts";
import type { SpotFetch } from "../../src/domain/context/spot.ts";
import { StorageError, StoreFullError, UnavailableError } from "../../src/domain/errors.ts";
import type { ProducerId } from "../../src/ports/raw-log.ts";
import type { SpotPutResult } from "../../src/ports/spot-store.ts";

/** `lost` takes effect and fails all the same, `silent` does nothing and never answers. */
export type StoreMood = "well" | "unavailable" | "full" | "lost" | "silent" | "refusing";

/** Does `operation` in a mood. */
export async function moodily<T>(mood: StoreMood, operation: () => Promise<T>): Promise<T> {
  switch (mood) {
    case "well":
      return operation();
    case "lost":
      await operation();
      throw new UnavailableError("Cannot store: no answer in time");
    case "unavailable":
      throw new UnavailableError("Cannot store: the connection must be open, it is not");
    case "full":
      throw new StoreFullError("Cannot store: there must be room, there is none");
    case "refusing":
      throw new StorageError("Cannot store: the key must be a hash, it is a string");
    case "silent":
      return new Promise<never>(() => {});
  }
}

/** A spot store whose writing half is in a mood that the test chooses. */
export class FaultySpotStore extends MemorySpotStore {
  mood: StoreMood = "well";
  /** Every put that was tried. */
  readonly puts: { readonly producer: ProducerId; readonly seq: number; readonly fetch: SpotFetch }[] = [];

  override put(producer: ProducerId, seq: number, fetch: SpotFetch): Promise<SpotPutResult> {
    this.puts.push({ producer, seq, fetch });
    return moodily(this.mood, () => super.put(producer, seq, fetch));
  }

  override fail(producer: ProducerId, seq: number): Promise<"stored" | "already"> {
    return moodily(this.mood, () => super.fail(producer, seq));
  }

  override storedSeq(producer: ProducerId): Promise<number> {
    return moodily(this.mood, () => super.storedSeq(producer));
  }
}
