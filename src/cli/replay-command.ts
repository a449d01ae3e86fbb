import { openCapture, type TornTail } from "../adapters/capture/index.ts";
import type { FlowSnapshot, GridSnapshot } from "../domain/flow/snapshot.ts";
import type { AssetClass } from "../domain/instrument/resource.ts";
import type { FlowSnapshotStore } from "../ports/flow-snapshot-store.ts";
import type { Stretch } from "../workers/replay/record-times.ts";
import type { ExpirationSums } from "./expiration-tally.ts";
import { listenForInterruption } from "./interruption.ts";
import { stderrLogger } from "./logger.ts";
import { progressBar } from "./progress-bar.ts";
import { QuarantineFile } from "./quarantine-file.ts";
import { type ReplayOutcome, replay } from "./replay.ts";
import type { ReplayReport } from "./replay-report.ts";
import { ReplayResults } from "./replay-results.ts";
import { reportJson } from "./report-json.ts";
import { reportText } from "./report-text.ts";
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
}

/**
 * Replays a capture, `-` for standard input, and prints the report.
 *
 * @returns the exit code.
 * @throws what the replay failed with; the report of what was replayed until then has been printed.
 */
export async function replayCommand(file: string, flags: ReplayFlags): Promise<number> {
  const logger = stderrLogger(flags.verbose ? "debug" : "warn");
  const results = new ReplayResults();
  const bar = progressBar(process.stderr);
  let tornTail: TornTail | undefined;
  const opened = openCapture(file === "-" ? process.stdin : file, {
    onProgress: bar.update,
    onTornTail: (tail) => {
      tornTail = tail;
    },
  });
  const stretch: Stretch = {
    ...(flags.from === undefined ? {} : { fromAtMs: flags.from }),
    ...(flags.to === undefined ? {} : { toAtMs: flags.to }),
  };
  const refused = flags.quarantine === undefined ? undefined : await QuarantineFile.create(flags.quarantine);
  const interruption = listenForInterruption();
  logger.debug("Replaying", { file });
  let outcome: ReplayOutcome;
  try {
    outcome = await replay(
      {
        capture: flags.strict ? strictCapture(opened, stretch) : opened,
        assetClass: flags.class,
        speed: flags.speed,
        stretch,
        logger,
        onCommitted: async (step) => {
          results.add(step);
          await refused?.append(step.quarantine);
        },
      },
      interruption.signal,
    );
  } finally {
    bar.stop();
    interruption.dispose();
    if (file === "-") process.stdin.destroy();
    await refused?.close();
  }

  const { fault, counters, elapsedMs } = outcome;
  // Of a capture that gave nothing there is nothing to report but why.
  if (fault !== undefined && (counters.seen ?? 0) === 0) throw fault;
  const interrupted = interruption.exitCode();
  const stoppedBy = fault !== undefined ? "fault" : interrupted !== undefined ? "signal" : undefined;
  const snapshots = await snapshotsOf(outcome.snapshots, results.expirations());
  const report: ReplayReport = { stoppedBy, tornTail, counters, ...snapshots, results, elapsedMs };
  // A terminal that does not tell its width has 0 columns.
  await print(flags.json ? reportJson(report) : reportText(report, process.stdout.columns || undefined));
  if (fault !== undefined) throw fault;
  return interrupted ?? 0;
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

function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
