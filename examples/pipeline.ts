/**
 * A whole pipeline in one process: spots, option chains with their epochs, the live feed, its hydration, and the models, on
 * one Redis.
 *
 *   node examples/pipeline.ts [firehose|targeted]
 *
 * Settings come from the environment, as docs/configuration.md lists them: MASSIVE_API_KEY, MASSIVE_WS_URL,
 * MASSIVE_REST_URL, MARKET_REDIS_URL, MASSIVE_KEY_PREFIX and others. The argument goes before MASSIVE_WS_MODE.
 *
 * SIGINT and SIGTERM end it within 5 s: with 0 where all that was received is stored and hydrated, else with 1. It does not
 * start, and ends with 2, where a setting is wrong or missing.
 */
import { hostname } from "node:os";
import {
  ChainWorker,
  ConfigError,
  ConnectionManager,
  caughtUp,
  DEFAULT_HYDRATION_OPTIONS,
  Heart,
  type Logger,
  ledgerOptionsOf,
  ModelBuilder,
  readConfig,
  retentionOf,
  SpotWorker,
  sideOptionsOf,
  WsHydrator,
} from "strikewire";
import { openRedis } from "strikewire/redis";
import { MassiveRest, RequestBudget } from "strikewire/rest";
import { SYSTEM_CLOCK } from "strikewire/system";
import { WsFeedConnector } from "strikewire/ws";

/** The end may take so long, ms. */
const END_MS = 5_000;
/** Of that, hydration may use what is left of this. */
const CATCH_UP_MS = 4_000;

// An error is told by its message: in an outage there is one every few seconds, and its stack tells nobody more.
const logger: Logger = {
  ...console,
  debug: () => undefined,
  error: (message, error, fields) =>
    console.error(
      ...[message, error instanceof Error ? error.message : error, fields].filter((part) => part !== undefined),
    ),
};

/** People put their settings right by these words; a stack does not help them. */
function cannotStart(message: string): never {
  logger.error(message);
  process.exit(2);
}

function settings() {
  const mode = process.argv[2] ?? process.env["MASSIVE_WS_MODE"];
  try {
    return readConfig({ env: { ...process.env, MASSIVE_WS_MODE: mode } });
  } catch (error) {
    if (error instanceof ConfigError) return cannotStart(error.message);
    throw error;
  }
}

const { config, warnings } = settings();
for (const { message } of warnings) logger.warn(message);
const { apiKey, marketRedisUrl } = config;
if (apiKey === undefined) cannotStart("Cannot start: 'MASSIVE_API_KEY' must be set");
if (marketRedisUrl === undefined) cannotStart("Cannot start: 'MARKET_REDIS_URL' must be set");

// What everything works with.
const clock = SYSTEM_CLOCK;
const redis = openRedis({
  url: marketRedisUrl,
  keyPrefix: config.keyPrefix,
  retention: retentionOf(config),
  clock,
  logger,
});
const rest = new MassiveRest({
  apiKey,
  baseUrl: config.restUrl,
  timeoutMs: config.restTimeoutMs,
  // Shared by spots and chains: the provider counts the requests of an account.
  budget: new RequestBudget({ clock, requestsPerSec: config.restRequestsPerSec }),
  clock,
  logger,
});
const place = { host: hostname(), pid: process.pid };
const heartOf = (worker: string): Heart => new Heart({ worker, ...place }, config, redis);

// The workers. Those of spots, chains and models have hearts of their own.
const spot = new SpotWorker(config, { ...redis, spotProvider: rest }, place);
const chain = new ChainWorker(config, { ...redis, chainProvider: rest, reference: rest }, place);
const models = new ModelBuilder(config, redis, place);
const source = new ConnectionManager(config, { ...redis, feed: new WsFeedConnector(), heart: heartOf("ws") });
const hydrator = new WsHydrator(
  { ...redis, heart: heartOf("hydrator/0") },
  {
    owner: `${place.host}/${place.pid}`,
    leaseMs: config.hydrateLeaseMs,
    rebuildHorizonMs: config.hydrateRebuildHorizonMs,
    // Source and hydrator judge frames alike.
    hydration: {
      ...DEFAULT_HYDRATION_OPTIONS,
      ledger: ledgerOptionsOf(config),
      sides: sideOptionsOf(config),
      maxDeltaAgeMs: config.hydrateMaxDeltaAgeMs,
      maxFutureSkewMs: config.wsMaxFutureSkewMs,
      maxFrameBytes: config.wsMaxFrameBytes,
    },
  },
);

// Whatever receives stops first; the hydrator goes on until it has caught up with what was received.
const stop = new AbortController();
const stopHydrator = new AbortController();
const failed = (what: string, error: unknown): void => {
  logger.error(`${what} failed`, error);
  process.exitCode = 1;
  stop.abort();
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
stop.signal.addEventListener("abort", () => {
  logger.info("Ending");
  setTimeout(() => stopHydrator.abort(), CATCH_UP_MS).unref();
  setTimeout(() => {
    logger.error(`Cannot end in order within ${END_MS} ms`);
    process.exit(1);
  }, END_MS).unref();
});

try {
  // Waits for a Redis that is not there yet.
  await redis.connection.ready(stop.signal);
  logger.info(`Running in mode ${config.wsMode} on ${redis.connection.label}`);
  const hydrating = hydrator.run(stopHydrator.signal).catch((error: unknown) => failed("The hydrator", error));
  await Promise.all([
    spot.run(stop.signal).catch((error: unknown) => failed("The spot worker", error)),
    chain.run(stop.signal).catch((error: unknown) => failed("The chain worker", error)),
    models.run(stop.signal).catch((error: unknown) => failed("The model builder", error)),
    source.ingest(stop.signal).catch((error: unknown) => failed("The source", error)),
  ]);
  const hasCaughtUp = caughtUp(redis, 0, stopHydrator.signal).then(() => !stopHydrator.signal.aborted);
  // A hydrator that has failed does not catch up any more.
  const isWhole = await Promise.race([hasCaughtUp, hydrating.then(() => false)]);
  if (!isWhole) failed("The end of hydration", "not all that was received is hydrated: the next start goes on there");
  stopHydrator.abort();
  await hydrating;
} catch (error) {
  // Told to stop before there was a Redis: nothing was begun.
  if (!stop.signal.aborted) failed("The pipeline", error);
} finally {
  await redis.close();
}
logger.info(process.exitCode === 1 ? "Ended, not in order" : "Ended in order");
