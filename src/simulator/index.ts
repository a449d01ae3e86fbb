/**
 * A seeded options market and the provider's way of writing it down: for tests, demonstrations and benchmarks.
 *
 * The market (`createMarket`) is a pure generator of events with the truth about each; the wire functions turn events into
 * the provider's JSON and frames; the capture functions make whole recordings of a socket; `startSimulator` serves a market
 * over a real WebSocket, with faults on demand.
 *
 * @module
 */
export {
  BUNDLED_FRAMES,
  BUNDLED_SEED,
  type BundledCapture,
  generateCapture,
} from "./capture/bundled-capture.ts";
export { CHAINS_AFTER_MS, generateChains } from "./capture/bundled-chains.ts";
export { captureLine } from "./capture/capture-line.ts";
export { endlessCapture } from "./capture/endless-capture.ts";
export type { CaptureTruth, PrintSums } from "./capture/truth.ts";
export type { ExpirationCounts, SettlementStyle } from "./market/calendar.ts";
export { type MarketContract, yearsToExpiry } from "./market/contract-universe.ts";
export type {
  AggressorSide,
  IndexValueEvent,
  MarketEvent,
  OptionQuoteEvent,
  OptionTradeEvent,
  PriceLocation,
  PrintKind,
  PrintTruth,
  QuoteTruth,
  StockQuoteEvent,
  StockTradeEvent,
} from "./market/events.ts";
export { DEFAULT_HAPPENINGS, type HappeningShares } from "./market/happenings.ts";
export type { SelfExcitation } from "./market/hawkes.ts";
export { withLargeChain } from "./market/large-chain.ts";
export { createMarket, type Market } from "./market/market.ts";
export type { MarketConfig } from "./market/market-config.ts";
export type { Valuation } from "./market/quote-process.ts";
export type { Alternatives, Share } from "./market/share.ts";
export type { StrikeListing } from "./market/strike-listing.ts";
export {
  DEFAULT_UNDERLYINGS,
  type RootSpec,
  type StrikeBand,
  type TickRule,
  type UnderlyingSpec,
} from "./market/underlyings.ts";
export type { VenueShare, Venues } from "./market/venues.ts";
export type { VolatilityParameters } from "./market/volatility-surface.ts";
export type { Hours } from "./rest/market-hours.ts";
export type { RestFault, RestFaultKind, RestTarget } from "./rest/rest-fault.ts";
export type { ConnectionView } from "./server/clients.ts";
export type { Fault, FaultKind, SocketFault } from "./server/fault.ts";
export { checkedSchedule, parseSchedule, type ScheduledFault } from "./server/fault-schedule.ts";
export type {
  FrameEntry,
  FrameOrigin,
  LogEntry,
  LogOptions,
  LogTotals,
  RequestEntry,
  SimulatorLog,
  UnsentEntry,
  UnsentReason,
} from "./server/server-log.ts";
export { type Simulator, startSimulator } from "./server/simulator.ts";
export type { RandomFaults, SimulatedPlan, SimulatorOptions, Unkindness } from "./server/simulator-options.ts";
export { encodeEvent } from "./wire/encode.ts";
export { FramePacker, type FramePackerOptions, type Published, packFrames } from "./wire/frame-packer.ts";
export { ReceiptClock } from "./wire/receipt-clock.ts";
export { respell } from "./wire/respell.ts";
export { AUTHENTICATED, CONNECTED, encodeStatus, type ProviderStatus, subscribed } from "./wire/status.ts";
