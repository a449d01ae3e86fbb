import { ContractViolation, check } from "./check.ts";

/**
 * The test runner that a suite is run by: that of vitest, Jest, Deno or `node:test`, in three functions.
 *
 * @example
 * ```ts
 * import { describe, it } from "vitest";
 *
 * const runner: ContractRunner = { describe, it, skip: (title) => it.skip(title, () => {}) };
 * ```
 */
export interface ContractRunner {
  describe(title: string, body: () => void): void;
  it(title: string, body: () => Promise<void>): void;
  /** Shows a test that is not run; its title says why. */
  skip(title: string): void;
}

/** How time passes for a store. */
export interface StoreTime {
  /** The store's time, ms since the Unix epoch, as well as the caller can know it. */
  readonly now: () => number;
  /**
   * Ends when `ms` have passed for the store: a manual clock is advanced by that much, for the clock of a server they
   * are waited for.
   */
  readonly elapse: (ms: number) => Promise<void>;
}

/** A client of a store of its own, which is empty. */
export interface OpenedStore<Client> extends StoreTime {
  readonly subject: Client;
  /** Breaks the connection of all subscribers, which come back by themselves. Message buses only. */
  readonly breakConnections?: () => Promise<void>;
  /** Closes what was opened and removes what was stored. Works after a `close()` of the subject, too. */
  readonly dispose: () => Promise<void>;
}

/** Two clients, each with a connection of its own, of one store, which is empty. */
export interface SharedStore<Client> extends StoreTime {
  readonly first: Client;
  readonly second: Client;
  readonly dispose: () => Promise<void>;
}

/** What an adapter cannot be made to do in a test. Each entry is the reason; it appears in the titles of the skipped tests. */
export interface ContractLimits {
  /** Lifetimes that the port fixes (30 s, 300 s, 24 h) cannot be waited for. */
  readonly fixedLifetimes?: string;
  /** A connection cannot be broken from outside. */
  readonly brokenConnections?: string;
}

/** What a suite needs to know of an adapter. `Settings` are what the store is opened with, nothing for most. */
export interface ContractOptions<Client, Settings extends readonly unknown[] = []> {
  readonly runner: ContractRunner;
  /** A client of a new, empty store; called once per test. */
  readonly open: (...settings: Settings) => Promise<OpenedStore<Client>>;
  /** Two clients of one new, empty store; called once per test. */
  readonly openShared: (...settings: Settings) => Promise<SharedStore<Client>>;
  readonly limits?: ContractLimits;
  /** A lifetime that a handful of calls fits in, and that can be waited for; default 50. */
  readonly shortMs?: number;
}

/** Declares tests against stores that are opened for each and disposed of after it. */
export interface ContractTests<Client, Settings extends readonly unknown[]> {
  readonly runner: ContractRunner;
  readonly shortMs: number;
  test(title: string, body: (store: OpenedStore<Client>) => Promise<void>, ...settings: Settings): void;
  /** With two clients of one store. */
  shared(title: string, body: (store: SharedStore<Client>) => Promise<void>, ...settings: Settings): void;
  /** A test that adapters with this limit skip. */
  unless(
    limit: keyof ContractLimits,
    title: string,
    body: (store: OpenedStore<Client>) => Promise<void>,
    ...settings: Settings
  ): void;
}

export function contractTests<Client, Settings extends readonly unknown[]>(
  options: ContractOptions<Client, Settings>,
): ContractTests<Client, Settings> {
  const { runner, limits = {}, shortMs = 50 } = options;
  const test: ContractTests<Client, Settings>["test"] = (title, body, ...settings) => {
    runner.it(title, async () => {
      const store = await options.open(...settings);
      try {
        await body(store);
      } finally {
        await store.dispose();
      }
    });
  };
  return {
    runner,
    shortMs,
    test,
    shared(title, body, ...settings) {
      runner.it(title, async () => {
        const store = await options.openShared(...settings);
        try {
          await body(store);
        } finally {
          await store.dispose();
        }
      });
    },
    unless(limit, title, body, ...settings) {
      const reason = limits[limit];
      if (reason === undefined) test(title, body, ...settings);
      else runner.skip(`${title} (skipped: ${reason})`);
    },
  };
}

/** Waits, in the store's time, until `condition` holds; fails after 2,000 looks. */
export async function eventually(time: StoreTime, what: string, condition: () => boolean): Promise<void> {
  for (let look = 0; look < 2_000; look++) {
    if (condition()) return;
    await time.elapse(1);
  }
  throw new ContractViolation(`${what}: it must happen in time, it did not`);
}

/** A promise that is looked at later: if the test fails before that, its rejection is nobody's surprise. */
export function started<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Looks again and again for as long as `work` goes on. */
export async function during(work: Promise<unknown>, look: () => Promise<void>): Promise<void> {
  let working = true;
  const end = (): void => {
    working = false;
  };
  work.then(end, end);
  while (working) await look();
  await work;
}

/** What a promise comes to that must settle without further help; fails, where awaiting it would hang, in time. */
export async function soon<T>(time: StoreTime, what: string, promise: Promise<T>): Promise<T> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  promise.then(note, note);
  await eventually(time, `${what} settles`, () => settled);
  return promise;
}

/** Fails where a promise settles although `ms` have passed in the store's time. */
export async function staysPending(
  time: StoreTime,
  what: string,
  promise: Promise<unknown>,
  ms: number,
): Promise<void> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  promise.then(note, note);
  await time.elapse(ms);
  check.isTrue(`${what} waits`, !settled);
}

/** One call of every method of a port but `close`: a method that is left out does not compile. */
type ClientOperations<Port> = {
  readonly [Method in Exclude<keyof Port, "close">]: (client: Port) => Promise<unknown>;
};

/**
 * What every client promises about its end: each method rejects after `close()` and during it, closing twice is
 * closing once, and other clients of the store do not notice.
 *
 * @param portOf the client under test among what the store was opened with.
 */
export function closedClientTests<Client, Settings extends readonly unknown[], Port extends { close(): Promise<void> }>(
  tests: ContractTests<Client, Settings>,
  portOf: (client: Client) => Port,
  operations: ClientOperations<Port>,
  ...settings: Settings
): void {
  tests.runner.describe("close", () => {
    const calls = Object.entries<(client: Port) => Promise<unknown>>(operations);
    for (const [method, call] of calls) {
      tests.test(
        `${method} rejects with a ClosedError on a closed client`,
        async (store) => {
          const client = portOf(store.subject);
          await client.close();
          await check.rejects(method, call(client), "ClosedError");
        },
        ...settings,
      );
      tests.test(
        `${method} rejects with a ClosedError on a client that is closing`,
        async (store) => {
          const client = portOf(store.subject);
          const closing = client.close();
          const late = call(client);
          await check.rejects(method, late, "ClosedError");
          await closing;
        },
        ...settings,
      );
    }
    tests.test(
      "closing twice is closing once",
      async (store) => {
        const client = portOf(store.subject);
        await Promise.all([client.close(), client.close()]);
        await client.close();
      },
      ...settings,
    );
    tests.shared(
      "a closed client leaves the other clients of the store open",
      async (store) => {
        await portOf(store.first).close();
        for (const [, call] of calls) await call(portOf(store.second));
      },
      ...settings,
    );
  });
}
