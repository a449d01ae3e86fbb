import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerLog } from "../server/server-log.ts";
import type { SimulatorSettings } from "../server/simulator-options.ts";
import { type Answer, badParameter, errorAnswer, NO_ROUTE, Refusal } from "./answer.ts";
import { ContractOrders } from "./contract-query.ts";
import type { RestFault } from "./rest-fault.ts";
import { RestFaults } from "./rest-faults.ts";
import { type Cursor, decodeCursor, questionOf, type RestRequest } from "./rest-request.ts";
import { type Route, routeOf } from "./routes.ts";
import { send, spoiled } from "./sending.ts";
import { hashOf } from "./text-hash.ts";
import type { RestSource } from "./view.ts";

/** What a REST server needs of the simulator. */
export interface RestContext {
  readonly settings: SimulatorSettings;
  readonly source: RestSource;
  readonly log: ServerLog;
  /** Ms since the server's start. */
  readonly elapsedMs: () => number;
  /** Does something later on the server's clock. */
  readonly later: (delayMs: number, run: () => void) => void;
  /** Told of an error that is ours. */
  readonly fail: (error: unknown) => void;
}

/** Parameters that name tickers. */
const TICKER_PARAMETERS = ["ticker", "ticker.any_of", "tickers", "underlying_ticker"] as const;

/** Answers requests out of what the stream published. */
export class RestServer {
  readonly faults: RestFaults = new RestFaults();
  readonly #context: RestContext;
  readonly #orders: ContractOrders;
  #requests = 0;

  constructor(context: RestContext) {
    this.#context = context;
    this.#orders = new ContractOrders(context.source.market);
  }

  /** Takes a request of any path and method. */
  handle(incoming: IncomingMessage, response: ServerResponse): void {
    try {
      this.#answer(incoming, response);
    } catch (error) {
      response.destroy();
      this.#context.fail(error);
    }
  }

  #answer(incoming: IncomingMessage, response: ServerResponse): void {
    const { elapsedMs, later, log, settings } = this.#context;
    const number = ++this.#requests;
    const id = [1, 2, 3, 4]
      .map((part) => hashOf(`${settings.seed} ${number} ${part}`).toString(16).padStart(8, "0"))
      .join("");
    const url = urlOf(incoming.url ?? "/");
    const path = decoded(url.pathname);
    const cursorText = url.searchParams.get("cursor");
    const cursor = cursorText === null ? undefined : decodeCursor(cursorText);
    const query = cursor === undefined ? url.searchParams : new URLSearchParams(cursor.query);
    const route = routeOf(path);
    const faults = this.faults.meet({ path, symbols: symbolsOf(route, query), page: cursor?.page ?? 1 }, elapsedMs());
    const answer = (): Answer => {
      const status = faults.find((one) => one.kind === "restStatus");
      if (status !== undefined) return statusAnswer(status, id);
      if (route === undefined || incoming.method !== "GET") return NO_ROUTE;
      const request = { id, path: url.pathname, query, cursor, origin: `http://${incoming.headers.host ?? ""}` };
      return this.#data(route, request, keyOf(incoming, url), faults, number);
    };
    const finish = (): void => {
      const sent = send(response, spoiled(answer(), faults), faults);
      log.add({
        kind: "request",
        atMs: settings.clock.now(),
        method: incoming.method ?? "",
        path,
        query: loggedQuery(url, cursor),
        page: cursor?.page ?? 1,
        ...sent,
        faults: faults.map(({ kind }) => kind),
      });
    };
    const delayMs = faults.reduce((sum, fault) => sum + (fault.kind === "restDelay" ? fault.ms : 0), 0);
    if (delayMs > 0) later(delayMs, finish);
    else finish();
  }

  #data(
    { endpoint }: Route,
    request: Omit<RestRequest, "plan">,
    key: string | undefined,
    faults: readonly RestFault[],
    number: number,
  ): Answer {
    const { settings, source } = this.#context;
    const { query, cursor, id } = request;
    if (key === undefined || key === "" || settings.badKeys.includes(key)) return errorAnswer(401, id);
    if (query.has("cursor") && cursor === undefined) {
      return badParameter(id, "cursor", "one of a next_url", query.get("cursor") ?? "").answer;
    }
    const plan = Object.hasOwn(settings.plans, key) ? settings.plans[key] : undefined;
    const view = {
      ...source,
      plan,
      faults,
      ageMs: faults.reduce((sum, fault) => sum + (fault.kind === "restStale" ? fault.ageMs : 0), 0),
      isFlipped: number % 2 === 0 && faults.some(({ kind }) => kind === "restOpenInterest"),
    };
    try {
      return endpoint({ ...request, plan }, view, this.#orders);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }
}

function statusAnswer(
  { status, retryAfterSec, body = "json" }: Extract<RestFault, { kind: "restStatus" }>,
  id: string,
): Answer {
  const headers = retryAfterSec === undefined ? {} : { "Retry-After": String(retryAfterSec) };
  if (body === "json") return { ...errorAnswer(status, id), headers };
  const html = `<html><body><h1>${status}</h1></body></html>`;
  const text = { html, text: `error ${status}`, empty: "" }[body];
  return { status, headers, body: { text, type: body === "html" ? "text/html" : "text/plain" } };
}

/** The header goes before the parameter. */
function keyOf({ headers }: IncomingMessage, url: URL): string | undefined {
  return /^Bearer (.*)$/i.exec(headers.authorization ?? "")?.[1] ?? url.searchParams.get("apiKey") ?? undefined;
}

function symbolsOf(route: Route | undefined, query: URLSearchParams): ReadonlySet<string> {
  const named = TICKER_PARAMETERS.flatMap((name) => query.getAll(name)).flatMap((text) => text.split(","));
  return new Set([...(route?.tickers ?? []), ...named]);
}

/** Without the key; of a later page what the first one asked for. */
function loggedQuery(url: URL, cursor: Cursor | undefined): string {
  return cursor === undefined ? questionOf(url.searchParams) : cursor.query;
}

/** A request line may hold anything: what is no path leads nowhere. */
function urlOf(target: string): URL {
  const text = `http://simulator${target}`;
  return new URL(URL.canParse(text) ? text : "http://simulator/");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
