import { afterEach, beforeEach } from "vitest";
import { ManualClock } from "../../src/adapters/memory/manual-clock.ts";
import { MassiveRest, type MassiveRestOptions, RequestBudget } from "../../src/adapters/rest/index.ts";
import { type ScriptedRest, startScriptedRest } from "./scripted-rest.ts";

/** 2025-12-22, 16:00:02 in New York. */
export const RECEIPT_MS = 1_766_437_202_000;
/** What must show up nowhere. */
export const API_KEY = "kEy-0123456789-sEcReT";

/** A provider on a scripted server, for each test of a file. */
export interface RestProvider {
  readonly server: ScriptedRest;
  readonly clock: ManualClock;
  readonly provider: MassiveRest;
  readonly signal: AbortSignal;
  readonly stop: AbortController;
  make(options?: Partial<MassiveRestOptions>): MassiveRest;
}

/** Makes one before each test, with a clock that stands still and a budget that nobody exhausts. */
export function useRestProvider(): RestProvider {
  const held: { current?: RestProvider } = {};
  beforeEach(async () => {
    const server = await startScriptedRest();
    const clock = new ManualClock(RECEIPT_MS);
    const budget = new RequestBudget({ clock, requestsPerSec: 1_000_000 });
    const stop = new AbortController();
    const make = (options: Partial<MassiveRestOptions> = {}): MassiveRest =>
      new MassiveRest({ apiKey: API_KEY, clock, baseUrl: server.origin, budget, ...options });
    held.current = { server, clock, provider: make(), stop, signal: stop.signal, make };
  });
  afterEach(() => held.current?.server.close());
  const current = (): RestProvider => {
    if (held.current === undefined) throw new Error("Cannot use the provider: a test must run, none does");
    return held.current;
  };
  return {
    get server() {
      return current().server;
    },
    get clock() {
      return current().clock;
    },
    get provider() {
      return current().provider;
    },
    get stop() {
      return current().stop;
    },
    get signal() {
      return current().signal;
    },
    make: (options) => current().make(options),
  };
}
