import { readFileSync } from "node:fs";
import type { StreamItem } from "./plain-reader.ts";

export interface PrintSums {
  readonly prints: number;
  readonly contracts: number;
  readonly premiumMicropoints: string;
}
export type SumsByExpiry = Readonly<Record<string, Readonly<Record<string, PrintSums>>>>;

/** What the generator of the capture knows. */
export const truth: {
  readonly frames: number;
  readonly connections: number;
  readonly events: number;
  readonly trades: number;
  readonly quotes: number;
  readonly statuses: number;
  readonly duplicates: number;
  readonly multiLegPrints: number;
  readonly lateReports: number;
  readonly other: Readonly<Record<string, number>>;
  readonly cancels: { readonly matched: number; readonly unmatched: number };
  readonly lateRows: { readonly trades: number; readonly quotes: number };
  readonly malformed: Readonly<Record<"frames" | "events", Readonly<Record<string, number>>>>;
  readonly counted: SumsByExpiry;
} = JSON.parse(readFileSync("captures/synthetic.truth.json", "utf8"));

/** The capture's lines, with the receipt times as they are written there. */
export const lines: readonly { readonly ts: string; readonly payload: string }[] = readFileSync(
  "captures/synthetic.jsonl",
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => {
    const { payload }: { payload: string } = JSON.parse(line);
    return { ts: /"ts":([\d.]+)/.exec(line)?.[1] ?? "", payload };
  });

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

/** The flags of a print. */
export function wordsOf({ fields }: StreamItem): readonly string[] {
  return (fields["flags"] ?? "").split(" ").filter((word) => word !== "");
}

/** What counts of prints: no repeats and no late reports; a cancel that found its print takes it back. */
export function sumOf(items: readonly StreamItem[]): { prints: number; contracts: number; micropoints: bigint } {
  const total = { prints: 0, contracts: 0, micropoints: 0n };
  for (const item of items) {
    const words = wordsOf(item);
    if (words.includes("dup") || words.includes("late_report") || words.includes("unmatched")) continue;
    const sign = words.includes("cancel") ? -1 : 1;
    const size = Number(item.fields["s"]);
    total.prints += sign;
    total.contracts += sign * size;
    total.micropoints += BigInt(sign) * BigInt(Math.round(Number(item.fields["p"]) * 1e6)) * BigInt(size);
  }
  return total;
}
