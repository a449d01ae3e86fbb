import type { Json, JsonObject } from "./json.ts";

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or a text of another type. */
  readonly body: Json | { readonly text: string; readonly type: string };
}

/** A request that is not answered with data. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`HTTP ${answer.status}`);
    this.answer = answer;
  }
}

const NOT_ENTITLED = "You are not entitled to this data. Please upgrade your plan at https://polygon.io/pricing";

const TOO_MANY_REQUESTS =
  "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://polygon.io/pricing";

/** What the provider says with a status, as far as that is known. */
export function errorBody(status: number, requestId: string): JsonObject {
  switch (status) {
    case 401:
      return { status: "ERROR", request_id: requestId, error: "Unknown API Key" };
    case 403:
      return { status: "NOT_AUTHORIZED", request_id: requestId, message: NOT_ENTITLED };
    case 404:
      return { status: "NOT_FOUND", request_id: requestId, message: "Ticker not found." };
    case 429:
      return { status: "ERROR", request_id: requestId, error: TOO_MANY_REQUESTS };
    default:
      return { status: "ERROR", request_id: requestId, error: status < 500 ? "Bad request" : "Internal server error" };
  }
}

/** An answer with `errorBody`. */
export function errorAnswer(status: number, requestId: string): Answer {
  return { status, body: errorBody(status, requestId) };
}

/** A parameter that cannot be read. The provider's wordings differ and are not known: this one is ours. */
export function badParameter(requestId: string, name: string, allowed: string, value: string): Refusal {
  const error = `'${name}' must be ${allowed}, current value is ${value}`;
  return new Refusal({ status: 400, body: { status: "ERROR", request_id: requestId, error } });
}

/** No such route. */
export const NO_ROUTE: Answer = {
  status: 404,
  body: { text: "404 page not found\n", type: "text/plain; charset=utf-8" },
};
