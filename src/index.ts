/**
 * Domain, ports and workers: everything that runs anywhere. Adapters have entries of their own.
 *
 * @module
 */
export { CHANNELS, flowChannel, gridChannel, modelChannel } from "./domain/channels.ts";
export * from "./domain/config/index.ts";
export type { Acknowledgement } from "./domain/connection/acknowledgement.ts";
export { Backoff, type BackoffOptions, type EndedLink } from "./domain/connection/backoff.ts";
export { ConnectionMachine } from "./domain/connection/connection-machine.ts";
export { type ConnectionOptions, DEFAULT_CONNECTION_OPTIONS } from "./domain/connection/connection-options.ts";
export type * from "./domain/connection/connection-protocol.ts";
export {
  DISCONNECT_POLICIES,
  type DisconnectPolicy,
  type DisconnectReason,
} from "./domain/connection/disconnect-reason.ts";
export type { LivenessOptions } from "./domain/connection/liveness.ts";
export {
  type ExpiredItems,
  type SubscriptionDiff,
  SubscriptionLedger,
  type SubscriptionLedgerOptions,
} from "./domain/connection/subscription-ledger.ts";
export type { ChunkOptions } from "./domain/connection/subscription-request.ts";
export {
  type ConnectionPart,
  type ConnectionPlan,
  type PlannedConnection,
  planConnections,
  type TopologyConfig,
} from "./domain/connection/topology.ts";
export {
  CHAIN_HEALTH,
  CHAIN_TRAILS,
  type ChainAnalytics,
  type ChainAnnouncement,
  type ChainCompletion,
  type ChainContract,
  type ChainContractId,
  type ChainHealth,
  type ChainHealthCounts,
  type ChainSnapshot,
  type ChainTrail,
  chainAnnouncement,
  chainCompletionSchema,
  chainContractName,
  chainFigures,
  chainSnapshotSchema,
} from "./domain/context/chain.ts";
export { endsFetching, FetchBackoff, type FetchBackoffOptions } from "./domain/context/fetch-backoff.ts";
export { type Heartbeat, heartbeatSchema } from "./domain/context/heartbeat.ts";
export { checkedMessage, parseMessage } from "./domain/context/message.ts";
export {
  encodeModel,
  type ModelAnalytics,
  type ModelMessage,
  type ModelName,
  modelAnalyticsSchema,
  modelNameSchema,
} from "./domain/context/model.ts";
export {
  type ConnectionGauges,
  connectionGaugesSchema,
  SOURCE_COUNTERS,
  type SourceCounter,
  type SourceCounters,
  type SourceGauges,
  sourceGaugesSchema,
} from "./domain/context/source-status.ts";
export {
  type LoggedSpotFetch,
  replacesSpot,
  type SpotAnalytics,
  type SpotFetch,
  type SpotValue,
  spotFetchSchema,
  spotValueSchema,
} from "./domain/context/spot.ts";
export { isTrailedBy, type TrailPoint, trailMember, trailPoint } from "./domain/context/trail.ts";
export {
  Cadence,
  type CadenceOptions,
  type CadenceOutcome,
  type CadenceStep,
  cadenceOutcome,
} from "./domain/epoch/cadence.ts";
export { ChainHistory, type ChainObservation, type ChainUse, type ChainVerdict } from "./domain/epoch/chain-health.ts";
export { Dormancy, type DormancyLook, type DormancyOptions, type DormancyStep } from "./domain/epoch/dormancy.ts";
export {
  type ExpirationSeries,
  isSettled,
  nearestExpirationDates,
  nearestExpirations,
  nextExpiryMs,
  seriesKey,
  unsettledContracts,
} from "./domain/epoch/expirations.ts";
export { epochId, type GeometryDiff, geometryDiff, geometryHash } from "./domain/epoch/geometry.ts";
export { OpenInterestPins, type OpenInterestTime, openInterestTimeOf } from "./domain/epoch/open-interest.ts";
export {
  type ActiveEpoch,
  carryOver,
  decidePromotion,
  forcedDraft,
  type KeepReason,
  type PromotionDecision,
  type PromotionInputs,
} from "./domain/epoch/promotion.ts";
export {
  expectedMove,
  nextWindow,
  type StrikeWindow,
  type StrikeWindowInputs,
  strikeIncrement,
  WINDOW_EXCESS,
  WINDOW_MARGIN,
} from "./domain/epoch/strike-window.ts";
export type {
  ContractTerms,
  DayGroup,
  EpochDraft,
  EpochId,
  EpochMeta,
  GreeksGroup,
  QuoteGroup,
  SubstrateRecord,
  SubstrateUpdate,
  SubstrateValues,
  TradeGroup,
} from "./domain/epoch/substrate.ts";
export { mergeValues } from "./domain/epoch/substrate.ts";
export { epochTopics, type TopicDiff, topicDiff, wantedTopics } from "./domain/epoch/wanted-topics.ts";
export {
  CaptureError,
  ClosedError,
  isStrikewireError,
  isTransient,
  RestError,
  type RestErrorReason,
  StorageError,
  StoreFullError,
  StrikewireError,
  type StrikewireErrorCode,
  UnavailableError,
  WsError,
} from "./domain/errors.ts";
export { DecayedSum, type DecayedSumState } from "./domain/flow/decayed-sum.ts";
export {
  type BucketSums,
  bucketOf,
  FLOW_BUCKETS,
  type FlowBucket,
  type FlowBuckets,
  noBuckets,
  type OpenFlowBuckets,
} from "./domain/flow/flow-buckets.ts";
export {
  addFlow,
  EDGE_SCALE,
  FLOW_FIELDS,
  type FlowField,
  type FlowSums,
  flowOf,
  noFlow,
  type OpenFlowSums,
} from "./domain/flow/flow-sums.ts";
export { CONTRACT_MULTIPLIER, inStandardUnits, premiumUsd } from "./domain/flow/multiplier.ts";
export {
  DEFAULT_NBBO_BOOK_OPTIONS,
  NbboBook,
  type NbboBookOptions,
} from "./domain/flow/nbbo-book.ts";
export { type PrintSide, type TradeSide, UNCLASSIFIED } from "./domain/flow/print-side.ts";
export { publishedAccuracy, SIDE_RULES, type SideRule } from "./domain/flow/published-accuracy.ts";
export { QUOTE_SOURCES, type QuoteSource } from "./domain/flow/quote-source.ts";
export {
  QuoteTrail,
  type SourcedQuote,
  type TimedQuote,
} from "./domain/flow/quote-trail.ts";
export { ROLLING_WINDOWS_MS, RollingWindows, type WindowSums } from "./domain/flow/rolling-windows.ts";
export { QUOTE_TRAIL_DEPTH, SideCells } from "./domain/flow/side-cells.ts";
export { SIDE_MEMORY_MS, SideFeed, type SideReach, sideReach, UNLIMITED_REACH } from "./domain/flow/side-feed.ts";
export { SideHistory } from "./domain/flow/side-history.ts";
export { DEFAULT_SIDE_OPTIONS, type SideOptions, sideOptions } from "./domain/flow/side-options.ts";
export * from "./domain/flow/side-rules.ts";
export {
  type QuoteCondition,
  type SideMethod,
  type SideVerdict,
  UNSIGNED_REASONS,
  type UnsignedReason,
} from "./domain/flow/side-verdict.ts";
export { hasSides, type SidedTrade, TradeSides } from "./domain/flow/sided-trade.ts";
export {
  type ActiveContract,
  FLOW_SCHEMA_VERSION,
  type FlowSide,
  type FlowSnapshot,
  type FlowTotals,
  type FlowWindow,
  type GridCell,
  type GridSnapshot,
} from "./domain/flow/snapshot.ts";
export { TickTrail } from "./domain/flow/tick-trail.ts";
export { rememberPrint, tradeSide } from "./domain/flow/trade-side.ts";
export { resolveCancel } from "./domain/hydration/cancels.ts";
export { ContractState } from "./domain/hydration/contract-state.ts";
export { type CountedPrint, countedPrint } from "./domain/hydration/counted-print.ts";
export * from "./domain/hydration/effects.ts";
export { fold, foldTrimmed } from "./domain/hydration/fold.ts";
export { type HydrationEffects, noEffects, type UnresolvedCancel } from "./domain/hydration/fold-effects.ts";
export { latestOpenPrint, type OpenPrint, type OpenPrintQuery, openPrintQuery } from "./domain/hydration/open-print.ts";
export { flowSnapshot, flowTotals, gridSnapshot } from "./domain/hydration/snapshots.ts";
export {
  DEFAULT_HYDRATION_OPTIONS,
  type HydrationOptions,
  HydrationState,
  substrateUpdate,
} from "./domain/hydration/state.ts";
export { HintedMap } from "./domain/instrument/hinted-map.ts";
export { OptionContractCache } from "./domain/instrument/option-contract-cache.ts";
export {
  formatOptionTicker,
  type OptionContract,
  parseOptionTicker,
  type UnderlyingResolver,
} from "./domain/instrument/option-symbol.ts";
export { type AssetClass, assetClassOf, RESOURCES, type ResourceType } from "./domain/instrument/resource.ts";
export { underlyingOfRoot } from "./domain/instrument/underlying.ts";
export * from "./domain/market/batch.ts";
export {
  classifyConditions,
  OPTION_TRADE_CONDITIONS,
  type TradeCondition,
  type TradeConditionClass,
  type TradeConditionFlags,
} from "./domain/market/conditions.ts";
export { type ExchangeHoliday, exchangeHolidays } from "./domain/market/holidays.ts";
export * from "./domain/market/nbbo-state.ts";
export { priceMicros } from "./domain/market/price-micros.ts";
export * from "./domain/market/rows.ts";
export { type MarketPhase, marketPhase, type UnderlyingKind, underlyingKind } from "./domain/market/session.ts";
export { isAmSettled, settlementMs } from "./domain/market/settlement.ts";
export { EXCHANGE_CALENDAR, TradingCalendar } from "./domain/market/trading-calendar.ts";
export {
  easternOffsetMs,
  easternTimeMs,
  type SessionBounds,
  TradingDayClock,
  type TradingDays,
  tradingDayOf,
} from "./domain/market/trading-day.ts";
export {
  type BlackScholesInput,
  blackScholesPrice,
} from "./domain/model/black-scholes.ts";
export { type BlackScholesGreeks, blackScholesGreeks } from "./domain/model/black-scholes-greeks.ts";
export * from "./domain/model/definition/index.ts";
export * from "./domain/model/exposure/index.ts";
export * from "./domain/model/gex/index.ts";
export * from "./domain/model/heatmap/index.ts";
export {
  type ImpliedVolatilityFailure,
  type ImpliedVolatilityInput,
  type ImpliedVolatilityResult,
  impliedVolatility,
} from "./domain/model/implied-volatility.ts";
export { parityForward, type StrikePair } from "./domain/model/parity-forward.ts";
export {
  midVolatility,
  outOfTheMoneyRight,
  type QuoteVolatility,
  type QuoteVolatilityFailure,
  type QuoteVolatilityInput,
  quoteVolatility,
} from "./domain/model/quote-volatility.ts";
export { type ModelConfig, modelLimitsOf, standardModels } from "./domain/model/standard-models.ts";
export {
  MINUTES_PER_YEAR,
  type TimeToExpiry,
  timeToExpiry,
  timeToSettlement,
} from "./domain/model/time-to-expiry.ts";
export { contentOf, countEvents, type FrameContent } from "./domain/overload/frame-content.ts";
export type { TapCounts } from "./domain/overload/tap-queue.ts";
export { type Random, seededRandom } from "./domain/random.ts";
export { CURSOR_START, type Cursor, type CursorRange, compareCursors, splitCursor } from "./domain/stream/cursor.ts";
export { FrameSequencer, type RecordedFrame } from "./domain/stream/frame-sequencer.ts";
export { coversGap, type Gap, type GapCause, type GapScope } from "./domain/stream/gap.ts";
export {
  type CancelledPrint,
  type PrintChain,
  PrintHistory,
  type PrintHistoryOptions,
} from "./domain/stream/print-history.ts";
export type {
  ClosedDraft,
  ConnectedDraft,
  FrameDraft,
  GapDraft,
  HeartbeatDraft,
  RawDraft,
  RawEntry,
} from "./domain/stream/raw-entry.ts";
export {
  DEFAULT_LEDGER_OPTIONS,
  type LedgerOptions,
  type SequenceVerdict,
  StreamLedger,
} from "./domain/stream/stream-ledger.ts";
export { type MergedWatermark, type ShardStatus, WatermarkMerge } from "./domain/stream/watermark-merge.ts";
export * from "./domain/subscription/index.ts";
export { ParseError, type ParseErrorReason } from "./domain/wire/parse-error.ts";
export {
  type ParseContext,
  type ParsedFrame,
  type ParseResult,
  parsePayload,
  type RejectedEvent,
  type StatusEvent,
  type UnparsedFrame,
} from "./domain/wire/parse-payload.ts";
export { RowNumbers } from "./domain/wire/row-numbers.ts";
export type * from "./ports/index.ts";
export { ChainWorker } from "./workers/context/chain/chain-worker.ts";
export type {
  ChainWorkerConfig,
  ChainWorkerOptions,
  ChainWorkerPorts,
} from "./workers/context/chain/chain-worker-ports.ts";
export {
  SpotWorker,
  type SpotWorkerConfig,
  type SpotWorkerOptions,
  type SpotWorkerPorts,
} from "./workers/context/spot-worker.ts";
export { Heart, type HeartConfig, type HeartOwner, type HeartPorts } from "./workers/heartbeat.ts";
export { caughtUp } from "./workers/hydrator/caught-up.ts";
export type { WsHydratorOptions } from "./workers/hydrator/options.ts";
export { WsHydrator, type WsHydratorPorts } from "./workers/hydrator/ws-hydrator.ts";
export { ModelBuilder } from "./workers/model/model-builder.ts";
export type {
  ModelBuilderConfig,
  ModelBuilderOptions,
  ModelBuilderPorts,
} from "./workers/model/model-builder-ports.ts";
export type { ReplayOptions, ReplayProgress } from "./workers/replay/options.ts";
export { type ReplayPorts, ReplayWorker } from "./workers/replay/replay-worker.ts";
export { connectAndSubscribe, type FeedStream, type FeedTarget } from "./workers/source/connect-and-subscribe.ts";
export {
  ConnectionManager,
  type ConnectionManagerOptions,
  type ConnectionManagerPorts,
  type ShardAware,
} from "./workers/source/connection-manager.ts";
export { RawSpool, type RawSpoolPorts, type SpoolBacklog } from "./workers/source/raw-spool.ts";
export type { RawSpoolOptions } from "./workers/source/spool-options.ts";
export type { ShedCounts } from "./workers/source/spool-queue.ts";
export type { TurnOptions } from "./workers/source/turn-loop.ts";
export {
  WsWorker,
  type WsWorkerListener,
  type WsWorkerPorts,
  type WsWorkerTarget,
} from "./workers/source/ws-worker.ts";
