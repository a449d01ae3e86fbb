import type { SpotValue } from "../../context/spot.ts";
import { isPoints } from "../exposure/contract.ts";

/** What a model takes for spot, and when that was true. */
export interface ModelSpot {
  /** `null` where there is none that a model can be told at. */
  readonly spotPts: number | null;
  /** ms since the Unix epoch. */
  readonly spotMs: number | null;
}

/** Spot as models take it. A value that no underlying has, such as 0, is none. */
export function modelSpot(spot: SpotValue | null): ModelSpot {
  if (spot === null || !isPoints(spot.value)) return { spotPts: null, spotMs: null };
  return { spotPts: spot.value, spotMs: Number(BigInt(spot.as_of_ns) / 1_000n) / 1_000 };
}
