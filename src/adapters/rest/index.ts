/**
 * Chains, spots and reference data of Massive over REST, on `fetch` alone: it runs anywhere.
 *
 * @module
 */
export { MassiveRest, type MassiveRestOptions } from "./massive-rest.ts";
export { RequestBudget, type RequestBudgetOptions } from "./request-budget.ts";
export type { Fetch } from "./rest-client.ts";
export { readSpotAnswer, type StoredSpotAnswer } from "./spot-answer.ts";
export type {
  UnifiedAnswer,
  UnifiedGreeks,
  UnifiedQuote,
  UnifiedSession,
  UnifiedSnapshot,
  UnifiedTrade,
} from "./unified-snapshot.ts";
