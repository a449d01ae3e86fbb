import type { RestFault } from "./rest-fault.ts";

/** As much of a request as faults look at. */
export interface FaultedRequest {
  /** Decoded. */
  readonly path: string;
  /** Tickers that it names. */
  readonly symbols: ReadonlySet<string>;
  readonly page: number;
}

interface Standing {
  readonly fault: RestFault;
  readonly untilMs: number;
  left: number;
}

/** The faults that are on. Times are ms since the server's start. */
export class RestFaults {
  #standing: Standing[] = [];

  begin(fault: RestFault, elapsedMs: number): void {
    const { forMs, requests } = fault;
    this.#standing.push({
      fault,
      untilMs: forMs === undefined ? Infinity : elapsedMs + forMs,
      left: requests ?? (forMs === undefined ? 1 : Infinity),
    });
  }

  /** Those that a request meets; each counts it. */
  meet(request: FaultedRequest, elapsedMs: number): readonly RestFault[] {
    this.#standing = this.#standing.filter(({ untilMs, left }) => elapsedMs < untilMs && left > 0);
    const met: RestFault[] = [];
    for (const standing of this.#standing) {
      if (!isMeant(standing.fault, request)) continue;
      standing.left -= 1;
      met.push(standing.fault);
    }
    return met;
  }
}

function isMeant({ path, symbol, page }: RestFault, request: FaultedRequest): boolean {
  return (
    (path === undefined || request.path.startsWith(path)) &&
    (symbol === undefined || request.symbols.has(symbol)) &&
    (page === undefined || request.page === page)
  );
}
