import type { RedisPorts } from "../adapters/redis/index.ts";
import type { FlowSnapshot, GridSnapshot } from "../domain/flow/snapshot.ts";
import type { HydrationCounters } from "../domain/hydration/effects.ts";
import type { AssetClass } from "../domain/instrument/resource.ts";
import type { FlowSnapshotStore } from "../ports/flow-snapshot-store.ts";
import type { Logger } from "../ports/logger.ts";
import type { Stretch } from "../workers/replay/record-times.ts";
import type { ExpirationSums } from "./expiration-tally.ts";
import { listenForInterruption } from "./interruption.ts";
import { chainsBeside, readChains } from "./levels/recorded-chains.ts";
import { ChainLevels } from "./levels/replay-levels.ts";
import { stderrLogger } from "./logger.ts";
import { memoryTarget } from "./memory-target.ts";
import { printOut } from "./print-out.ts";
import { QuarantineFile } from "./quarantine-file.ts";
import { copyJson, copyStream, copyText } from "./redis/copy-stream.ts";
import { reachRedis } from "./redis/reach-redis.ts";
import { assertUnused, redisTarget } from "./redis/redis-target.ts";
import { assertElsewhere } from "./redis/same-place.ts";
import type { StreamName } from "./redis/stream-names.ts";
import { type StreamSource, streamSource } from "./redis/stream-source.ts";
import { type ReplayOutcome, type ReplayTarget, replay } from "./replay.ts";
import type { ReplayReport } from "./replay-report.ts";
import { ReplayResults } from "./replay-results.ts";
import { fileSource, type ReplaySource } from "./replay-source.ts";
import { reportJson } from "./report-json.ts";
import { reportText } from "./report-text.ts";
import { replaySpotsInto } from "./spots/replay-spots.ts";
import { spotJson, spotText } from "./spots/spot-report.ts";
import { strictCapture } from "./strict-capture.ts";

/** The options of `strikewire replay`, parsed. */
export interface ReplayFlags {
  readonly class: AssetClass;
  readonly speed: "max" | number;
  /** Instants in ms. */
  readonly from?: number;
  readonly to?: number;
  readonly json?: true;
  readonly quarantine?: string;
  readonly strict?: true;
  readonly verbose?: true;
  /** URLs may hold credentials: not for printing. */
  readonly redis?: string;
  readonly prefix?: string;
  readonly intoLive?: true;
  readonly fromRedis?: string;
  readonly fromPrefix?: string;
  readonly stream: StreamName;
  readonly toFile?: string;
}

interface Context {
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Replays a recording, a capture, `-` for standard input, or a stream of a running system, and prints the report.
 *
 * @param file `undefined` where the recording is a stream.
 * @returns the exit code.
 * @throws what the replay failed with; the report of what was replayed until then has been printed.
 */
export async function replayCommand(file: string | undefined, flags: ReplayFlags): Promise<number> {
  const logger = stderrLogger(flags.verbose ? "debug" : "warn");
  const interruption = listenForInterruption();
  const { signal } = interruption;
  const context = { logger, signal };
  const toClose: { readonly close: () => Promise<void> }[] = [];
  try {
    const stream = flags.fromRedis === undefined ? undefined : await openStream(flags.fromRedis, flags, context);
    const source = stream ?? fileSource(file ?? "-");
    toClose.push(source);
    if (stream !== undefined && flags.toFile !== undefined) {
      const copied = await copyStream(stream, flags.toFile, signal);
      await printOut(flags.json ? copyJson(stream, copied) : copyText(stream, copied, flags.toFile));
      return interruption.exitCode() ?? 0;
    }
    const redis = await openTargetRedis(stream, flags, context);
    if (redis !== undefined) toClose.push(redis);
    const stretch = stretchOf(flags);
    if (stream?.spots !== undefined) {
      const { key, spots } = stream;
      const { report, fault } = await replaySpotsInto(redis, { key, spots }, { speed: flags.speed, stretch }, context);
      // Of a stream that gave nothing there is nothing to report but why.
      if (fault !== undefined && report.tally.entries.recorded === 0) throw fault;
      await printOut(flags.json ? spotJson(report) : spotText(report, process.stdout.columns || undefined));
      if (fault !== undefined) throw fault;
      return interruption.exitCode() ?? 0;
    }
    const target =
      redis === undefined
        ? memoryTarget(logger)
        : redisTarget(redis, await source.producer(flags.class, stretch), context);
    const levels = await openLevels(file, target, flags, context);
    return await replayAndReport(source, target, levels, flags, context, interruption.exitCode);
  } catch (error) {
    // Nothing had begun yet.
    if (signal.aborted && error === signal.reason) return interruption.exitCode() ?? 1;
    throw error;
  } finally {
    interruption.dispose();
    for (const closable of toClose) await closable.close();
  }
}

async function openStream(url: string, flags: ReplayFlags, context: Context): Promise<StreamSource> {
  const redis = await reachRedis({ url, prefix: flags.fromPrefix ?? "" }, context);
  try {
    return await streamSource(redis, flags.stream, context);
  } catch (error) {
    await redis.close();
    throw error;
  }
}

/** `undefined` for memory. */
async function openTargetRedis(
  stream: StreamSource | undefined,
  flags: ReplayFlags,
  context: Context,
): Promise<RedisPorts | undefined> {
  if (flags.redis === undefined) return undefined;
  const redis = await reachRedis({ url: flags.redis, prefix: flags.prefix ?? "" }, context);
  try {
    if (stream !== undefined) await assertElsewhere(stream, redis);
    const rules = { hasPrefix: (flags.prefix ?? "") !== "", intoLive: flags.intoLive === true };
    await assertUnused(redis, stream?.keyName ?? "rawStream", rules, context);
    return redis;
  } catch (error) {
    await redis.close();
    throw error;
  }
}

/** Chains beside a capture become epochs in memory. A Redis has its own, or none. */
async function openLevels(
  file: string | undefined,
  { ports }: ReplayTarget,
  flags: ReplayFlags,
  { logger }: Context,
): Promise<ChainLevels | undefined> {
  const path = file === undefined || flags.redis !== undefined ? undefined : chainsBeside(file);
  if (path === undefined) return undefined;
  const levels = new ChainLevels(await readChains(path, logger), ports);
  await levels.promote(ports.clock.now());
  return levels;
}

async function replayAndReport(
  source: ReplaySource,
  target: ReplayTarget,
  chains: ChainLevels | undefined,
  flags: ReplayFlags,
  { logger, signal }: Context,
  interruptedWith: () => number | undefined,
): Promise<number> {
  const results = new ReplayResults();
  const stretch = stretchOf(flags);
  const refused = flags.quarantine === undefined ? undefined : await QuarantineFile.create(flags.quarantine);
  logger.debug("Replaying", { producer: target.producer });
  let outcome: ReplayOutcome;
  try {
    outcome = await replay(
      {
        capture: flags.strict ? strictCapture(source.capture, stretch) : source.capture,
        assetClass: flags.class,
        speed: flags.speed,
        stretch,
        onCommitted: async (step) => {
          results.add(step);
          await refused?.append(step.quarantine);
        },
      },
      target,
      signal,
    );
  } finally {
    await refused?.close();
    // Before the report: a progress bar must be off the screen by then.
    await source.close();
  }

  const { fault, entries, hydratedBy, elapsedMs } = outcome;
  // Of a capture that gave nothing there is nothing to report but why.
  if (fault !== undefined && entries.recorded === 0) throw fault;
  const interrupted = interruptedWith();
  const stoppedBy = fault !== undefined ? "fault" : interrupted !== undefined ? "signal" : undefined;
  const snapshots = await snapshotsOf(outcome.snapshots, results.expirations());
  const tornTail = source.tornTail();
  const levels = (await chains?.levels(lastMsOf(results.expirations()))) ?? [];
  const report: ReplayReport = { stoppedBy, tornTail, entries, hydratedBy, ...snapshots, levels, results, elapsedMs };
  // A terminal that does not tell its width has 0 columns.
  await printOut(flags.json ? reportJson(report) : reportText(report, process.stdout.columns || undefined));
  if (fault !== undefined) throw fault;
  if (interrupted === undefined) assertReadable(results.counters);
  return interrupted ?? 0;
}

/** A recording of which not one frame could be read is none of ours, whatever it is. */
function assertReadable({ frames = 0, events = 0, invalid = 0 }: HydrationCounters): void {
  if (frames === 0 || events > invalid || invalid < frames) return;
  throw new Error(
    `Cannot replay the recording: it must hold frames of the provider, one a line, and all ${frames} that it has were refused`,
  );
}

function stretchOf({ from, to }: ReplayFlags): Stretch {
  return { ...(from === undefined ? {} : { fromAtMs: from }), ...(to === undefined ? {} : { toAtMs: to }) };
}

/** When the last print is from, ms; 0 where there is none. */
function lastMsOf(sums: readonly ExpirationSums[]): number {
  return Math.max(0, ...sums.map(({ lastTsNs }) => Number(lastTsNs / 1_000_000n)));
}

/** The snapshots that the hydrator left behind; `sums` come by underlying. */
async function snapshotsOf(
  store: FlowSnapshotStore,
  sums: readonly ExpirationSums[],
): Promise<Pick<ReplayReport, "flows" | "grids">> {
  const flows: FlowSnapshot[] = [];
  const grids: GridSnapshot[] = [];
  for (const { underlying, expiration } of sums) {
    const flow = flows.at(-1)?.underlying === underlying ? null : await store.flow(underlying);
    const grid = await store.grid(underlying, expiration);
    if (flow !== null) flows.push(flow);
    if (grid !== null) grids.push(grid);
  }
  return { flows, grids };
}
