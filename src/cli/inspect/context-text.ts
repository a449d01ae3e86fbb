import { durationText } from "../duration-text.ts";
import { integer } from "../integer-text.ts";
import { plainTable } from "../plain-table.ts";
import { shortenedText } from "../shortened-text.ts";
import { figuresText } from "./figures-text.ts";
import type { Inspection } from "./inspection.ts";
import { agoText, countText, leftText } from "./quantity-text.ts";

/** Characters of a reason; the JSON document has all. */
const MAX_REASON = 120;

/** A line per symbol, and what was counted over all; empty where nothing was ever fetched. */
export function chainsText({ chains, chain_health, chain_analytics, at_ms }: Inspection): string {
  const columns = ["symbol", "health", ">last chain", ">took", ">contracts", ">expiries", ">strikes"];
  const rows = chains.map(({ symbol, last_health, snapshot_age_ms, latency_ms, contracts, ...chain }) => [
    symbol,
    last_health ?? "-",
    agoText(snapshot_age_ms),
    latency_ms === null ? "-" : durationText(latency_ms),
    countText(contracts),
    countText(chain.expirations),
    chain.strike_min === null ? "-" : `${chain.strike_min} to ${chain.strike_max}`,
  ]);
  const parts = [
    rows.length === 0 ? "" : plainTable(columns, rows),
    figuresText(chain_health, at_ms),
    figuresText(chain_analytics, at_ms),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** A line per active epoch; empty where there is none. */
export function epochsText({ epochs }: Inspection): string {
  if (epochs.length === 0) return "";
  const columns = [
    "symbol",
    "epoch",
    ">age",
    ">valid",
    ">contracts",
    ">stored",
    ">dirty",
    ">lent",
    ">streamed",
    ">dormant",
    "health",
    "state",
  ];
  const rows = epochs.map((epoch) => [
    epoch.symbol,
    epoch.epoch,
    epoch.age_ms === null ? "-" : durationText(epoch.age_ms),
    leftText(epoch.valid_left_ms),
    countText(epoch.contracts),
    integer(epoch.contracts_stored),
    integer(epoch.dirty_contracts),
    integer(epoch.lent_contracts),
    agoText(epoch.streamed_age_ms),
    countText(epoch.dormant_count),
    epoch.last_health ?? "-",
    [
      epoch.dirty ? "dirty" : "clean",
      ...(epoch.forced ? ["forced"] : []),
      ...(epoch.had_ws_updates ? ["updated"] : []),
    ].join(" "),
  ]);
  return plainTable(columns, rows);
}

/** A line per worker; empty where there is none. */
export function heartbeatsText({ heartbeats }: Inspection): string {
  if (heartbeats.length === 0) return "";
  const rows = heartbeats.map(({ worker, status, reason, host, pid, age_ms, up_ms }) => [
    worker,
    status,
    agoText(age_ms),
    up_ms === null ? "-" : durationText(up_ms),
    host ?? "-",
    pid === null ? "-" : String(pid),
    reason === null ? "-" : shortenedText(reason, MAX_REASON),
  ]);
  return plainTable(["worker", "status", ">last beat", ">up", "host", ">pid", "reason"], rows);
}
