import type { Simulator } from "../../../src/simulator/index.ts";

/** A row of an answer, as far as the tests look into it; names are the provider's. */
export interface Row {
  readonly [name: string]: unknown;
  readonly ticker?: string;
  readonly type?: string;
  readonly value?: number;
  readonly last_updated?: number;
  readonly open_interest?: number;
  readonly details?: { readonly ticker: string; readonly contract_type: string; readonly expiration_date: string };
  readonly greeks?: { readonly delta: number };
  readonly day?: { readonly volume?: number };
  readonly last_quote?: Readonly<Record<string, unknown>>;
  readonly last_trade?: Readonly<Record<string, unknown>>;
  readonly underlying_asset?: {
    readonly ticker: string;
    readonly value?: number;
    readonly price?: number;
    readonly timeframe?: string;
  };
}

/** A body of the newer style; the endpoints of one object put that under `results`. */
export interface Body {
  readonly [name: string]: unknown;
  readonly results?: readonly Row[];
  readonly next_url?: string;
}

/** An answer, read. */
export interface RestAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  /** `undefined` where it is no JSON. */
  readonly body: Body | undefined;
  readonly headers: Headers;
}

/** Asks a path, or a `next_url`, with the key in the header. */
export async function ask(simulator: Simulator, path: string, key = "any"): Promise<RestAnswer> {
  const url = path.startsWith("http") ? path : simulator.restUrl + path;
  const response = await fetch(url, { headers: { Authorization: `Bearer ${key}` } });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    text,
    body: parsed(text),
    headers: response.headers,
  };
}

/** Rows of an answer that must be a good one. */
export async function rowsOf(simulator: Simulator, path: string, key = "any"): Promise<readonly Row[]> {
  const { status, text, body } = await ask(simulator, path, key);
  if (status !== 200 || body === undefined) throw new Error(`${path} was answered with ${status}: ${text}`);
  return body.results ?? [];
}

/** Rows of all pages. */
export async function allRowsOf(simulator: Simulator, path: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { body }: RestAnswer = await ask(simulator, next);
    rows.push(...(body?.results ?? []));
    next = body?.next_url;
  }
  return rows;
}

export function tickersOf(rows: readonly Row[]): readonly string[] {
  return rows.map(({ ticker, details }) => ticker ?? details?.ticker ?? "");
}

function parsed(text: string): Body | undefined {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return undefined;
  }
}
