import type { AssetClass } from "../../domain/instrument/resource.ts";
import { easternDate, isTradingDay, newYorkTimeMs, sessionCloseMs } from "../market/calendar.ts";

/** When a simulated market publishes. */
export type Hours = "always" | "regular" | "closed";

/** What part of the day it is. */
export type Phase = "open" | "early" | "late" | "closed";

/** Options on indices, and the indices, go on for this long after the close. */
const CURB_MS = 900_000;

/** Which part of the day an instant is in, for shares: 04:00 to the open, the session, the close to 20:00, Eastern. */
export function phaseAt(hours: Hours, nowMs: number): Phase {
  if (hours !== "regular") return hours === "always" ? "open" : "closed";
  const date = easternDate(nowMs);
  if (!isTradingDay(date)) return "closed";
  if (nowMs < newYorkTimeMs(date, 4, 0) || nowMs >= newYorkTimeMs(date, 20, 0)) return "closed";
  if (nowMs < newYorkTimeMs(date, 9, 30)) return "early";
  return nowMs < sessionCloseMs(date) ? "open" : "late";
}

/** Whether events of a class are published at an instant. */
export function isPublishing(hours: Hours, assetClass: AssetClass, nowMs: number): boolean {
  if (hours !== "regular") return hours === "always";
  const phase = phaseAt(hours, nowMs);
  if (assetClass === "stocks") return phase !== "closed";
  return phase === "open" || (phase === "late" && nowMs < sessionCloseMs(easternDate(nowMs)) + CURB_MS);
}

/** Shares are blank from 03:30 Eastern of a trading day until their first print. */
export function isBlank(hours: Hours, nowMs: number, lastPrintMs: number): boolean {
  if (hours !== "regular") return false;
  const date = easternDate(nowMs);
  const clearedMs = newYorkTimeMs(date, 3, 30);
  return isTradingDay(date) && nowMs >= clearedMs && lastPrintMs < clearedMs;
}
