import { valueFor } from "../config/per-symbol.ts";
import type { StrikewireConfig } from "../config/strikewire-config.ts";
import type { ModelLimits } from "./definition/freshness.ts";
import type { ModelDefinition } from "./definition/model-definition.ts";
import { gexModel } from "./gex/gex-model.ts";
import { heatmapModel } from "./heatmap/heatmap-model.ts";

/** Settings of models. */
export type ModelConfig = Pick<StrikewireConfig, Extract<keyof StrikewireConfig, `model${string}`>>;

/** The models of this package, heatmap and gex, as settings have them. */
export function standardModels(config: ModelConfig): readonly ModelDefinition[] {
  const { modelRate: rate, modelMaxAgeMs: maxAgeMs } = config;
  const dividendYield = (symbol: string): number => valueFor(config.modelDividendYield, symbol);
  const limits = { maxAgeMs: config.modelQuoteMaxAgeMs, maxSkewMs: config.modelQuoteMaxSkewMs ?? null };
  return [
    heatmapModel({ widths: config.modelWidths, limits, rate, dividendYield }),
    gexModel({ rate, dividendYield, greeksFreshMs: config.modelChainStaleMs, maxAgeMs }),
  ];
}

/** What settings say about the ages of inputs. */
export function modelLimitsOf(config: ModelConfig): ModelLimits {
  return {
    maxAgeMs: config.modelMaxAgeMs,
    spotStaleMs: config.modelSpotStaleMs,
    chainStaleMs: config.modelChainStaleMs,
  };
}
