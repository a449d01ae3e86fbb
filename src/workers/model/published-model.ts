import type { SubstrateRecord } from "../../domain/epoch/substrate.ts";
import type { ModelLimits, ModelStatus } from "../../domain/model/definition/freshness.ts";
import type { ModelDefinition } from "../../domain/model/definition/model-definition.ts";
import { type ModelMoment, ModelRun, type ModelStep } from "../../domain/model/definition/model-run.ts";
import { describeValue } from "../../domain/wire/describe-value.ts";
import { ModelAccount } from "./model-account.ts";
import type { ModelBuilderPorts } from "./model-builder-ports.ts";

/** A model lives for 60 s after its last write, so that it is gone when nobody builds it: quiet or not, it is written. */
export const REPUBLISH_MS = 20_000;

/** What became of a model: `superseded` where another builder has published a newer one. */
export type ModelUpdate = "published" | "quiet" | "superseded";

/** How a model is updated. */
export interface ModelUpdateOptions {
  /** Taken before what the model is computed from was read. */
  readonly ticket: number;
  /** Whether spot or positions are others than last time. */
  readonly hasMoved: boolean;
  /** When the next update comes at the latest. */
  readonly nextInMs: number;
}

/** One model of one symbol, and what was published of it. */
export class PublishedModel {
  readonly name: string;
  readonly #symbol: string;
  readonly #ports: ModelBuilderPorts;
  readonly #run: ModelRun;
  #account: ModelAccount | undefined;
  /** In monotonic time; `undefined` where what was published last is not what it should be. */
  #publishedAtMs: number | undefined;
  #standing = "";
  #trouble: string | undefined;
  #status: ModelStatus = "none";
  #tookMs = 0;
  #superseded = 0;

  constructor(definition: ModelDefinition, limits: ModelLimits, symbol: string, ports: ModelBuilderPorts) {
    this.name = definition.name;
    this.#symbol = symbol;
    this.#ports = ports;
    this.#run = new ModelRun(definition, limits);
  }

  /** As published last. */
  get status(): ModelStatus {
    return this.#status;
  }

  /** Why the last computation failed; `undefined` where it did not. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** How long the last computation took, ms. */
  get tookMs(): number {
    return this.#tookMs;
  }

  /** How many messages were left out, another builder having published a newer one. */
  get superseded(): number {
    return this.#superseded;
  }

  /** Computes the next message in full, whatever changed. */
  forget(): void {
    this.#run.forget();
    this.#publishedAtMs = undefined;
  }

  /**
   * Computes and publishes the model where anything it says has changed, or it has not been published for long.
   *
   * @param changed records that are others than last time; `null` where all may be.
   * Rejects where a store fails: then, and where it was superseded, the next call publishes in any case.
   */
  async update(
    moment: ModelMoment,
    changed: readonly SubstrateRecord[] | null,
    { ticket, hasMoved, nextInMs }: ModelUpdateOptions,
  ): Promise<ModelUpdate> {
    const { clock } = this.#ports;
    const standing = JSON.stringify(this.#run.standing(moment));
    const isNews = changed === null || changed.length > 0 || hasMoved || standing !== this.#standing;
    const isDue =
      this.#publishedAtMs === undefined || clock.monotonic() - this.#publishedAtMs + nextInMs >= REPUBLISH_MS;
    if (!isNews && !isDue) return "quiet";
    this.#publishedAtMs = undefined;
    this.#standing = standing;
    const { models } = this.#ports;
    this.#account ??= new ModelAccount(await models.analytics(this.name, this.#symbol));
    const startedAtMs = clock.monotonic();
    const step = this.#run.step(moment, changed);
    this.#tookMs = clock.monotonic() - startedAtMs;
    const published = await this.#put(step, moment, ticket);
    if (published === "superseded") return this.#yield();
    this.#account.add(published.kind, clock.now(), this.#tookMs);
    this.#tell(published);
    await models.putAnalytics(this.name, this.#symbol, this.#account.analytics);
    this.#publishedAtMs = clock.monotonic();
    return "published";
  }

  /** Leaves model and counts to the builder that was faster. */
  #yield(): "superseded" {
    const { logger, telemetry } = this.#ports;
    const labels = { model: this.name, symbol: this.#symbol };
    telemetry.count("model_builds_total", 1, { ...labels, kind: "superseded" });
    if (this.#superseded === 0) logger.warn("Another builder has published a newer model, ours is left out", labels);
    this.#superseded += 1;
    // The other one's counts stand now.
    this.#account = undefined;
    return "superseded";
  }

  /** A message that no store takes for one is the fault of the computation. */
  async #put(step: ModelStep<object>, moment: ModelMoment, ticket: number): Promise<ModelStep<object> | "superseded"> {
    const { models } = this.#ports;
    const stored = async (told: ModelStep<object>): Promise<ModelStep<object> | "superseded"> => {
      const outcome = await models.put(this.name, this.#symbol, told.message, ticket);
      return outcome === "stored" ? told : outcome;
    };
    try {
      return await stored(step);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return stored(this.#run.failed(moment, error));
    }
  }

  #tell({ kind, message, error }: ModelStep<object>): void {
    const { logger, telemetry } = this.#ports;
    const labels = { model: this.name, symbol: this.#symbol };
    telemetry.count("model_builds_total", 1, { ...labels, kind });
    telemetry.gauge("model_build_ms", this.#tookMs, labels);
    const trouble = kind !== "failed" ? undefined : error instanceof Error ? String(error) : describeValue(error);
    if (trouble !== undefined && this.#trouble === undefined) logger.error("Cannot compute a model", error, labels);
    if (trouble === undefined && this.#trouble !== undefined) logger.info("Can compute a model again", labels);
    this.#trouble = trouble;
    if (message.status !== this.#status) {
      const fields = { ...labels, status: message.status, reasons: message.reasons.join(" ") };
      logger.info("A model stands otherwise than before", fields);
    }
    this.#status = message.status;
  }
}
