import { integer } from "../integer-text.ts";
import { wrapped } from "../wrapped-items.ts";
import { ageOfNs } from "./figures.ts";
import type { Figures } from "./inspection.ts";
import { agoText } from "./quantity-text.ts";

/** For lines that can be broken. */
const COLUMNS = 116;

/** All of a hash, times as ages; empty where it is not there. */
export function figuresText(figures: Figures | null, nowMs: number): string {
  if (figures === null) return "";
  const items = Object.entries(figures).map(([name, value]) => {
    if (name.endsWith("_ns")) return `${name.slice(0, -"_ns".length)} ${agoText(ageOfNs(value, nowMs))}`;
    if (typeof value !== "number") return `${name} ${value}`;
    if (name === "coverage") return `${name} ${(value * 100).toFixed(1)} %`;
    if (name.endsWith("_ts")) return `${name.slice(0, -"_ts".length)} ${agoText(nowMs - value * 1_000)}`;
    return `${name} ${integer(value)}`;
  });
  return wrapped(items, COLUMNS);
}
