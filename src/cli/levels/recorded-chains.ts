import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { MassiveRest } from "../../adapters/rest/index.ts";
import { timeField } from "../../domain/context/fields.ts";
import { parseMessage } from "../../domain/context/message.ts";
import type { SubstrateRecord } from "../../domain/epoch/substrate.ts";
import { textField } from "../../domain/fields.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";

/** The chain of an underlying as it was recorded. */
export interface RecordedChain {
  /** Without `I:`. */
  readonly symbol: string;
  readonly receivedAtMs: number;
  readonly records: readonly SubstrateRecord[];
  /** What the underlying stood at, points, and when that was true. */
  readonly spot: { readonly value: number; readonly valueTsNs: bigint } | null;
}

const lineSchema: z.ZodType<{ readonly ts: number; readonly underlying: string; readonly payload: string }> = z.object({
  ts: timeField,
  underlying: textField,
  payload: textField,
});

/**
 * The file of chains beside a capture, `feed.chain.jsonl` beside `feed.jsonl` and `feed.jsonl.gz`; `undefined` where there
 * is none.
 */
export function chainsBeside(file: string): string | undefined {
  const path = file.replace(/\.jsonl(\.gz)?$/, ".chain.jsonl");
  return path !== file && existsSync(path) ? path : undefined;
}

/**
 * Reads recorded chains: of each underlying one answer of the provider a line, with the time of its receipt. Of several
 * the last one counts.
 *
 * @throws {StorageError} for a line that is none.
 */
export async function readChains(path: string, logger: Logger): Promise<readonly RecordedChain[]> {
  const chains = new Map<string, RecordedChain>();
  const lines = (await readFile(path, "utf8")).split("\n");
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const { ts, underlying, payload } = parseMessage(`read the chains of ${path}, line ${index + 1}`, lineSchema, line);
    const receivedAtMs = ts * 1_000;
    const { contracts, refused, spot } = await answered(underlying, payload, receivedAtMs);
    if (refused.length > 0)
      logger.warn("Refused contracts of a recorded chain", { underlying, contracts: refused.length });
    const symbol = underlying.replace(/^I:/, "");
    chains.set(symbol, { symbol, receivedAtMs, records: contracts.map(({ record }) => record), spot });
  }
  return [...chains.values()];
}

/** What the provider's own client makes of a body. */
function answered(underlying: string, payload: string, receivedAtMs: number) {
  const clock: Clock = { now: () => receivedAtMs, monotonic: () => 0, sleep: async () => undefined };
  const rest = new MassiveRest({ apiKey: "recorded", clock, fetch: async () => new Response(payload) });
  return rest.snapshot({ underlying }, new AbortController().signal);
}
