import {
  type ExposureContract,
  type ExposureConvention,
  gammaFlips,
  gammaProfile,
  profileLevels,
  RepricedGamma,
} from "../exposure/index.ts";
import type { FlipData, RepricedData } from "./gex-data.ts";

/** Flips and profile of contracts, at an instant and spot. */
export function repricedData(
  contracts: Iterable<ExposureContract>,
  convention: ExposureConvention,
  { asOfMs, spot }: { readonly asOfMs: number; readonly spot: number },
): RepricedData {
  const gamma = new RepricedGamma(contracts, convention);
  const { primary, all, status, from, to, gridStepPts } = gammaFlips(gamma, spot);
  const profile = gammaProfile(gamma, profileLevels(spot));
  const flipOf = ({ level, slope }: { readonly level: number; readonly slope: FlipData["slope"] }): FlipData => {
    return { level_pts: level, slope };
  };
  return {
    ts: asOfMs / 1_000,
    spot_pts: spot,
    status,
    flip: primary === null ? null : flipOf(primary),
    flips: all.map(flipOf),
    from_pts: from,
    to_pts: to,
    grid_step_pts: gridStepPts,
    profile:
      profile === null
        ? null
        : {
            levels_pts: profile.map(({ level }) => level),
            gex_usd_per_pct: profile.map(({ gexUsdPerPct }) => gexUsdPerPct),
          },
    used: gamma.counts.used,
    missing: gamma.counts.missing,
  };
}
