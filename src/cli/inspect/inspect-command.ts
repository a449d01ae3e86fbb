import { setTimeout as sleep } from "node:timers/promises";
import type { RedisPorts } from "../../adapters/redis/index.ts";
import { isStrikewireError } from "../../domain/errors.ts";
import { listenForInterruption } from "../interruption.ts";
import { stderrLogger } from "../logger.ts";
import { printOut } from "../print-out.ts";
import { reachRedis } from "../redis/reach-redis.ts";
import { inspect } from "./inspect.ts";
import { inspectionText } from "./inspection-text.ts";
import { linesOfScreen } from "./lines-of-screen.ts";

/** The options of `strikewire inspect`, parsed. */
export interface InspectFlags {
  /** May hold credentials: not for printing. */
  readonly redis: string;
  readonly prefix: string;
  readonly json?: true;
  /** Seconds between two looks; `undefined` for one look. */
  readonly watch?: number;
  readonly verbose?: true;
}

/** Moves a terminal's cursor to its top left corner. */
const HOME = "\u001b[H";
/** Clears the rest of the line, and what is below. */
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const CLEAR_ALL = "\u001b[2J";

/**
 * Shows how it stands with a system on a Redis, once or again and again. A server that is not there is waited for only
 * while watching.
 *
 * @returns the exit code.
 */
export async function inspectCommand({ redis: url, prefix, json, watch, verbose }: InspectFlags): Promise<number> {
  const logger = stderrLogger(verbose ? "debug" : "warn");
  const interruption = listenForInterruption();
  const { signal } = interruption;
  let redis: RedisPorts | undefined;
  try {
    redis = await reachRedis({ url, prefix }, { logger, signal, waits: watch !== undefined });
    const { connection } = redis;
    const redraws = watch !== undefined && !json && process.stdout.isTTY;
    if (redraws) await printOut(CLEAR_ALL);
    do {
      try {
        const inspection = await inspect(connection, prefix);
        const text = json ? `${JSON.stringify(inspection)}\n` : inspectionText(inspection);
        await printOut(redraws ? onScreen(text) : watch !== undefined && !json ? `${text}\n` : text);
      } catch (error) {
        // The connection has told that the server is away; who watches sees it come back.
        if (watch === undefined || !isStrikewireError(error, "STRIKEWIRE_UNAVAILABLE")) throw error;
      }
      if (watch !== undefined) await sleep(watch * 1_000, undefined, { signal }).catch(() => undefined);
    } while (watch !== undefined && !signal.aborted);
    return interruption.exitCode() ?? 0;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return interruption.exitCode() ?? 1;
    throw error;
  } finally {
    interruption.dispose();
    await redis?.close();
  }
}

/** Overwrites what is on the screen line by line, which does not flicker as clearing it does. */
function onScreen(text: string): string {
  const { rows, columns } = process.stdout;
  return (
    HOME +
    linesOfScreen(text, rows, columns)
      .map((line) => line + CLEAR_LINE)
      .join("\n") +
    CLEAR_BELOW
  );
}
