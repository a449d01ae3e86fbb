import { durationText } from "../duration-text.ts";
import { integer } from "../integer-text.ts";
import { plainTable } from "../plain-table.ts";
import { printable } from "../printable.ts";
import { chainsText, epochsText, heartbeatsText } from "./context-text.ts";
import { figuresText } from "./figures-text.ts";
import type { Figures, Inspection, StreamState } from "./inspection.ts";
import { gapsText, quarantineText } from "./losses-text.ts";
import { agoText, bytesText, countText, leftText } from "./quantity-text.ts";
import { connectionsText, splitFigures } from "./sources-text.ts";

/** Trade streams and producers listed; the JSON document has all. */
const LISTED = 20;

/**
 * How it stands with a system, for people: who lives and what is up to date first, long lists last, so that a screen that
 * cuts off the end shows what matters. No control characters.
 */
export function inspectionText(inspection: Inspection): string {
  const { gaps, quarantine, analytics, hydrate_analytics, spot, problems } = inspection;
  const { received, sources } = splitFigures(analytics);
  const sections = [
    serverText(inspection),
    verdictText(inspection),
    section("Problems", problems.map(({ key, problem }) => `key "${key}" ${problem}`).join("\n")),
    section("Workers", heartbeatsText(inspection)),
    section("Connections", connectionsText(inspection.connections)),
    section("Hydrators", hydratorsText(inspection)),
    section("Epochs", epochsText(inspection)),
    section("Chains", chainsText(inspection)),
    section("Spot fetches", spot === null ? "" : endsText(spot)),
    section("Models", modelsText(inspection)),
    section("Raw stream", rawText(inspection)),
    section("Sources", sourcesText(inspection, sources)),
    section("Received", figuresText(received, inspection.at_ms)),
    section("Hydrated", figuresText(hydrate_analytics, inspection.at_ms)),
    section("Gaps", gapsText(gaps)),
    section("Refused", quarantineText(quarantine)),
    section("Trade streams", tradesText(inspection)),
  ];
  // Without problems there is nothing to say about them; everything else that is missing is worth a word.
  if (problems.length === 0) sections.splice(2, 1);
  return `${sections.join("\n\n").split("\n").map(printable).join("\n")}\n`;
}

/** A title and what stands below it, indented; `none` beside the title where there is nothing. */
function section(title: string, text: string): string {
  return text === "" ? `${title}: none` : [title, ...text.split("\n")].join("\n  ");
}

function serverText({ server, prefix, at_ms }: Inspection): string {
  const { address, version, uptime_s, memory_used_bytes, maxmemory_bytes, maxmemory_policy } = server;
  const limit = maxmemory_bytes === 0 ? "no limit" : bytesText(maxmemory_bytes);
  return [
    `Redis ${version} at ${address}, up for ${durationText(uptime_s * 1_000)}, ${new Date(at_ms).toISOString()}`,
    `memory ${bytesText(memory_used_bytes)} of ${limit}, ${maxmemory_policy}${prefix === "" ? "" : `; keys begin with ${prefix}`}`,
  ].join("\n");
}

/** One line where there is nothing to look at, so that one look is enough. */
function verdictText({ findings, heartbeats, hydrators }: Inspection): string {
  if (findings.length > 0) return ["Look at", ...findings].join("\n  ");
  const isRunning =
    heartbeats.some(({ status }) => status !== "stopped") || hydrators.some(({ owner }) => owner !== null);
  return isRunning ? "Look at: nothing, all that tells of itself is well" : "Look at: nothing, and nothing runs here";
}

function rawText({ raw, producers }: Inspection): string {
  if (raw === null) return "";
  const lines = [
    endsText(raw, raw.payload_bytes),
    ...raw.groups.map(
      ({ name, lag_entries, last_delivered_id }) =>
        `group ${name}: lag ${countText(lag_entries)}, at ${last_delivered_id}`,
    ),
    ...producers
      .slice(0, LISTED)
      .map(
        ({ producer, seq, used_age_ms }) => `producer ${producer}: ${countText(seq)} entries, ${agoText(used_age_ms)}`,
      ),
  ];
  if (producers.length > LISTED) lines.push(`and ${integer(producers.length - LISTED)} more producers`);
  return lines.join("\n");
}

function endsText(stream: StreamState, payloadBytes: number | null = null): string {
  const { length, first_id, first_age_ms, last_id, last_age_ms } = stream;
  const bytes = payloadBytes === null ? "" : `, ${bytesText(payloadBytes)} of payload`;
  if (first_id === null || last_id === null) return `0 entries${bytes}`;
  return `${integer(length)} entries${bytes}, ${first_id} (${agoText(first_age_ms)}) to ${last_id} (${agoText(last_age_ms)})`;
}

function hydratorsText({ hydrators, hydrate_analytics }: Inspection): string {
  const lines = hydrators.map(({ partition, owner, lease_left_ms, leases, cursor, cursor_age_ms, lag_entries }) => {
    const held = owner === null ? "no owner" : `${owner}, lease ${leftText(lease_left_ms)}`;
    return `partition ${partition}: ${held}; lag ${countText(lag_entries)}, at ${cursor ?? "-"} (${agoText(cursor_age_ms)}); leased ${countText(leases)} times`;
  });
  const takeovers = hydrate_analytics?.["takeovers"];
  if (lines.length > 0 && takeovers !== undefined) lines.push(`takeovers ${takeovers}`);
  return lines.join("\n");
}

function sourcesText({ wanted_topics, at_ms }: Inspection, figures: Figures | null): string {
  const lines = figures === null ? [] : [figuresText(figures, at_ms)];
  if (wanted_topics !== null) lines.push(`${integer(wanted_topics)} topics in the wanted set`);
  return lines.join("\n");
}

function tradesText({ trades }: Inspection): string {
  if (trades.length === 0) return "";
  const rows = trades.slice(0, LISTED).map(({ underlying, expiration, length, last_age_ms, left_ms }) => {
    return [underlying, expiration, integer(length), agoText(last_age_ms), leftText(left_ms)];
  });
  const table = plainTable(["underlying", "expiry", ">prints", ">last", ">expires"], rows);
  const more = trades.length - rows.length;
  return more > 0 ? `${table}\nand ${integer(more)} more` : table;
}

function modelsText({ models }: Inspection): string {
  if (models.length === 0) return "";
  const rows = models.map(({ model, symbol, left_ms, built_age_ms, builds, skipped_stale, errors }) => {
    const counts = [builds, skipped_stale, errors].map(countText);
    return [model, symbol, left_ms === null ? "gone" : leftText(left_ms), agoText(built_age_ms), ...counts];
  });
  return plainTable(["model", "symbol", ">expires", ">built", ">builds", ">skipped", ">errors"], rows);
}
