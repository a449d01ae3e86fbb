import type { ModelAnalytics } from "../../domain/context/model.ts";
import type { ModelStep } from "../../domain/model/definition/model-run.ts";

const NO_BUILDS: ModelAnalytics = {
  builds: 0,
  full: 0,
  incremental: 0,
  last_ts: null,
  last_ms: null,
  skipped_stale: 0,
  errors: 0,
};

/** Adds up the builds of one model and symbol, behind those of the process before. */
export class ModelAccount {
  #analytics: ModelAnalytics;

  constructor(before: ModelAnalytics | null) {
    this.#analytics = before ?? NO_BUILDS;
  }

  get analytics(): ModelAnalytics {
    return this.#analytics;
  }

  /** @param tookMs to compute it. */
  add(kind: ModelStep<object>["kind"], endedAtMs: number, tookMs: number): void {
    const { builds, full, incremental, skipped_stale: skipped, errors, ...last } = this.#analytics;
    const isBuild = kind === "full" || kind === "incremental";
    this.#analytics = {
      builds: builds + (isBuild ? 1 : 0),
      full: full + (kind === "full" ? 1 : 0),
      incremental: incremental + (kind === "incremental" ? 1 : 0),
      last_ts: isBuild ? endedAtMs / 1_000 : last.last_ts,
      last_ms: isBuild ? Math.round(tookMs * 1_000) / 1_000 : last.last_ms,
      skipped_stale: skipped + (kind === "skipped" ? 1 : 0),
      errors: errors + (kind === "failed" ? 1 : 0),
    };
  }

  /** A build that could not be published after all. */
  fail(): void {
    this.#analytics = { ...this.#analytics, errors: this.#analytics.errors + 1 };
  }
}
