import { AUTHENTICATED, subscribed } from "../wire/status.ts";
import type { Audience } from "./audience.ts";
import { type ClientRequest, parseTopic, type Topic } from "./client-request.ts";
import type { Conditions } from "./conditions.ts";
import type { Connection } from "./connection.ts";
import {
  AUTHENTICATION_FAILED,
  AUTHENTICATION_REQUIRED,
  hasWildcard,
  isChannel,
  MAX_CONNECTIONS,
  NOT_AUTHORIZED,
  PLAN_CHANNELS,
  PLAN_WITHOUT_WEBSOCKET,
  POLICY_VIOLATION,
  REAL_TIME_ONLY,
  TOO_MANY_QUOTES,
  unsubscribed,
} from "./protocol.ts";
import type { SimulatorSettings } from "./simulator-options.ts";

/** What the answers depend on. */
export interface SessionContext {
  readonly settings: SimulatorSettings;
  readonly audience: Audience;
  readonly conditions: Conditions;
  /** Open connections, oldest first. */
  readonly connections: () => Iterable<Connection>;
  readonly elapsedMs: () => number;
  /** Does something later on the server's clock. */
  readonly later: (delayMs: number, run: () => void) => void;
}

const DEFAULT_ACCOUNT = "default";

/** How late an error can come, in ms. */
const LATEST_ERROR_MS = 500;

/** Answers the requests of clients as the provider does. */
export class Session {
  readonly #context: SessionContext;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  answer(connection: Connection, request: ClientRequest): void {
    if (request.action === "auth") this.#authenticate(connection, request.key);
    else if (connection.account === undefined) connection.say([AUTHENTICATION_REQUIRED]);
    else if (request.action === "subscribe") this.#subscribe(connection, request.items);
    else this.#unsubscribe(connection, request.items);
  }

  #authenticate(connection: Connection, key: string): void {
    const { settings, conditions, elapsedMs } = this.#context;
    const { assetClass } = connection;
    if (key === "" || settings.badKeys.includes(key) || conditions.holds("rejectKeys", assetClass, elapsedMs())) {
      connection.end({ why: "bad key", status: AUTHENTICATION_FAILED });
      return;
    }
    const plan = Object.hasOwn(settings.plans, key) ? settings.plans[key] : undefined;
    const channels = (plan?.channels ?? PLAN_CHANNELS)[assetClass];
    if (channels === undefined || conditions.holds("noWebsocket", assetClass, elapsedMs())) {
      connection.end({ why: "plan without websocket access", status: PLAN_WITHOUT_WEBSOCKET });
      return;
    }
    connection.channels = channels;
    connection.account = plan?.account ?? DEFAULT_ACCOUNT;
    connection.say([AUTHENTICATED]);
    this.#holdLimit(connection);
  }

  #holdLimit(newcomer: Connection): void {
    const { settings, connections } = this.#context;
    const { assetClass, account } = newcomer;
    const held = [...connections()].filter(
      (other) => other.isOpen && other.assetClass === assetClass && other.account === account,
    );
    if (settings.evicts === "newest") {
      newcomer.isSurplus = held.length > settings.connectionsPerClass;
      return;
    }
    for (const oldest of held.slice(0, Math.max(0, held.length - settings.connectionsPerClass))) evict(oldest);
  }

  #subscribe(connection: Connection, items: readonly string[]): void {
    const { audience, settings } = this.#context;
    const { unansweredRepeats } = settings.unkindness;
    const confirmed: string[] = [];
    const refused: string[] = [];
    for (const item of items) {
      const topic = parseTopic(item);
      // An unknown channel is not answered.
      if (topic === undefined || !isChannel(connection.assetClass, topic.channel)) continue;
      if (connection.topics.has(item)) {
        if (!unansweredRepeats) confirmed.push(subscribed(item));
        continue;
      }
      const refusal = this.#refusalOf(connection, topic);
      if (refusal !== undefined) {
        refused.push(refusal);
        continue;
      }
      audience.join(connection, topic);
      if (isOptionQuote(connection, topic)) connection.quotedContracts += 1;
      confirmed.push(subscribed(item));
    }
    this.#reply(connection, confirmed, refused);
    if (connection.isSurplus) evict(connection);
  }

  #unsubscribe(connection: Connection, items: readonly string[]): void {
    const answers: string[] = [];
    for (const item of items) {
      const topic = parseTopic(item);
      if (topic === undefined || !connection.topics.has(item)) continue;
      this.#context.audience.leave(connection, topic);
      if (isOptionQuote(connection, topic)) connection.quotedContracts -= 1;
      answers.push(unsubscribed(item));
    }
    connection.say(answers);
  }

  #refusalOf(connection: Connection, topic: Topic): string | undefined {
    const { settings, conditions, elapsedMs } = this.#context;
    const { assetClass, channels } = connection;
    const { channel, ticker } = topic;
    const isMissing =
      !channels.includes(channel) ||
      (settings.delayMs > 0 && REAL_TIME_ONLY[assetClass].includes(channel)) ||
      conditions.isWithdrawn(assetClass, channel, elapsedMs()) ||
      (ticker === "*" && !hasWildcard(assetClass, channel));
    if (isMissing) return NOT_AUTHORIZED;
    const isFull = isOptionQuote(connection, topic) && connection.quotedContracts >= settings.quotesPerConnection;
    return isFull ? TOO_MANY_QUOTES : undefined;
  }

  #reply(connection: Connection, confirmed: readonly string[], refused: readonly string[]): void {
    const isUntimely = this.#context.settings.unkindness.untimelyErrors && refused.length > 0;
    const isEarly = isUntimely && connection.random.next() < 0.5;
    if (isEarly) connection.say(refused);
    connection.say(confirmed);
    if (isEarly) return;
    if (!isUntimely || connection.isSurplus) connection.say(refused);
    else this.#context.later(LATEST_ERROR_MS * connection.random.next(), () => connection.say(refused));
  }
}

/** Ends a connection for one too many of its account. */
export function evict(connection: Connection): void {
  connection.end({
    why: "evicted",
    status: MAX_CONNECTIONS,
    code: POLICY_VIOLATION,
    reason: "max_connections",
  });
}

function isOptionQuote({ assetClass }: Connection, { channel }: Topic): boolean {
  return assetClass === "options" && channel === "Q";
}
