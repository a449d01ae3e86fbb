import type { RedisPorts } from "../../adapters/redis/index.ts";
import { CHANNELS } from "../../domain/channels.ts";
import { UnavailableError } from "../../domain/errors.ts";
import { listenForInterruption } from "../interruption.ts";
import { stderrLogger } from "../logger.ts";
import { printOut } from "../print-out.ts";
import { reachRedis } from "../redis/reach-redis.ts";

/** The options of `strikewire chain force`, parsed. */
export interface ForceFlags {
  /** May hold credentials: not for printing. */
  readonly redis: string;
  readonly prefix: string;
  readonly verbose?: true;
}

/**
 * Asks the chain worker of a symbol for a new epoch. A server that is not there is not waited for.
 *
 * @param symbol without `I:`.
 * @returns the exit code.
 * @throws {UnavailableError} where nobody listens, or no worker tells that it fetches this symbol.
 */
export async function forceCommand(symbol: string, { redis: url, prefix, verbose }: ForceFlags): Promise<number> {
  const logger = stderrLogger(verbose ? "debug" : "warn");
  const interruption = listenForInterruption();
  const { signal } = interruption;
  let redis: RedisPorts | undefined;
  try {
    redis = await reachRedis({ url, prefix }, { logger, signal, waits: false });
    await printOut(`${await force(redis, symbol)}\n`);
    return interruption.exitCode() ?? 0;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return interruption.exitCode() ?? 1;
    throw error;
  } finally {
    interruption.dispose();
    await redis?.close();
  }
}

/** Sends the command. @returns who heard it. */
async function force({ connection, heartbeats }: RedisPorts, symbol: string): Promise<string> {
  const channel = connection.keys.channel(CHANNELS.chainCommand);
  // A bus does not tell who heard a message; Redis does.
  const heard = Number(await connection.command("send a command", "PUBLISH", channel, `force ${symbol}`));
  if (heard === 0) {
    throw new UnavailableError(
      `Cannot force an epoch of ${symbol}: a chain worker must listen to ${channel}, none does`,
    );
  }
  const worker = `chain/${symbol}`;
  const beat = (await heartbeats.all()).find((one) => one.worker === worker);
  if (beat === undefined || beat.status === "failed") {
    const state = beat === undefined ? "silent" : `failed (${beat.reason})`;
    throw new UnavailableError(
      `Cannot force an epoch of ${symbol}: the worker ${worker} must be alive, it is ${state}; ${listeners(heard)} heard the command`,
    );
  }
  const why = beat.reason === null ? "" : ` (${beat.reason})`;
  return `${listeners(heard)} heard "force ${symbol}"; ${worker} on ${beat.host} as ${beat.pid} is ${beat.status}${why}`;
}

function listeners(count: number): string {
  return count === 1 ? "1 listener" : `${count} listeners`;
}
