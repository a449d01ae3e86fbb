import { ManualClock, MemorySpotProvider } from "../../src/adapters/memory/index.ts";
import type { RestErrorReason } from "../../src/domain/errors.ts";
import type { SpotProvider } from "../../src/ports/spot-provider.ts";
import type { ServedFailure, SpotServer } from "../../src/testing/index.ts";

/**
 * A memory provider as the suite's server.
 *
 * @param providerOf what is tested in its place.
 */
export async function openMemorySpots(
  providerOf = (provider: MemorySpotProvider): SpotProvider => provider,
): Promise<SpotServer> {
  const clock = new ManualClock();
  const provider = new MemorySpotProvider({ clock });
  return {
    provider: providerOf(provider),
    put(symbol, { value, asOfTsNs, volume, timeframe, change, changePct }) {
      provider.put(symbol, {
        ...{ value, asOfTsNs, volume: volume ?? undefined, timeframe: timeframe ?? undefined },
        ...{ change: change ?? undefined, changePct: changePct ?? undefined },
      });
    },
    failNext(kind, failure) {
      const retryAfterSec = typeof failure === "string" ? undefined : failure.retryAfterSec;
      const retryAfterMs = retryAfterSec === undefined ? undefined : retryAfterSec * 1_000;
      const status = typeof failure === "string" ? undefined : failure.status;
      provider.fail(kind, reasonOf(failure), { retryAfterMs, status });
    },
    hangNext: (kind) => provider.hang(kind),
    elapse: (ms) => clock.advance(ms),
    dispose: async () => {},
  };
}

function reasonOf(failure: ServedFailure): RestErrorReason {
  if (typeof failure === "string") return failure;
  switch (failure.status) {
    case 400:
      return "refused";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 429:
      return "rate_limited";
    default:
      return "server";
  }
}
