import { easternTimeOf } from "../eastern-time.ts";
import { integer } from "../integer-text.ts";
import { plainTable } from "../plain-table.ts";
import type { ReplayLevels } from "./replay-levels.ts";

const COLUMNS = [
  "underlying",
  ">spot",
  ">net GEX $/1%",
  ">net call wall",
  ">net put wall",
  ">nearest flip",
  "cheapest butterfly",
  ">of width",
];

/** Levels for people; empty where there are none. */
export function levelsText(levels: readonly ReplayLevels[]): string {
  const [first] = levels;
  if (first === undefined) return "";
  const at = (ms: number): string => easternTimeOf(BigInt(Math.floor(ms)) * 1_000_000n).time.slice(0, 8);
  const [asOf, chains] = [at(first.asOfMs), at(first.chainReceivedAtMs)];
  const title = `Levels at ${asOf} ET, of chains of ${chains} and quotes since, as if dealers were long calls and short puts`;
  return `${title}\n\n${plainTable(COLUMNS, levels.map(row))}`;
}

function row({ symbol, spotPts, exposures, cheapestButterfly: fly }: ReplayLevels): string[] {
  const net = exposures?.totals.gex_usd_per_pct.net ?? null;
  const { call_wall_net: call, put_wall_net: put } = exposures?.walls ?? {};
  return [
    symbol,
    points(spotPts),
    net === null ? "-" : integer(Math.round(net)),
    points(call?.strike_pts, 0),
    points(put?.strike_pts, 0),
    flipText(exposures),
    ...(fly === null
      ? ["-", "-"]
      : [
          `${fly.root} ${fly.expiration.slice(5)} ${fly.right} ${fly.centre_pts} +-${fly.width_pts}: ${fly.mid_pts.toFixed(2)}`,
          `${((100 * fly.mid_pts) / fly.width_pts).toFixed(1)} %`,
        ]),
  ];
}

/** Why there is none, where it is known. */
function flipText(exposures: ReplayLevels["exposures"]): string {
  if (exposures === null) return "-";
  const { flip, status } = exposures.repriced;
  return flip === null ? status.replace("_", " ") : points(flip.level_pts);
}

function points(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return "-";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: 2 });
}
