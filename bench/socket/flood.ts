import type { BenchProvider } from "./provider.ts";

/** How long a client took for all events of a flood. */
export interface Took {
  readonly wallMs: number;
  /** Of this thread, without that of the garbage collector's own threads. */
  readonly cpuMs: number;
}

/** What a provider sends to one client as fast as that can take it. */
export class Flood {
  readonly #provider: BenchProvider;
  #consumed = new Int32Array(new SharedArrayBuffer(4));
  #events = 0;
  #total = 0;
  #done: () => void = () => {};

  constructor(provider: BenchProvider) {
    this.#provider = provider;
  }

  /** So many events more are done with: the provider may go on. */
  consume(events: number): void {
    this.#events += events;
    Atomics.store(this.#consumed, 0, this.#events);
    if (this.#events === this.#total) this.#done();
  }

  /** Sends one of the prepared floods, and waits until all of it was consumed. */
  async pour(index: number, total: number): Promise<Took> {
    this.#events = 0;
    this.#total = total;
    this.#consumed = new Int32Array(new SharedArrayBuffer(4));
    const done = new Promise<void>((resolve) => {
      this.#done = resolve;
    });
    const startedAtMs = performance.now();
    const { user, system } = process.threadCpuUsage();
    const sent = this.#provider.tell({ kind: "flood", index, consumed: this.#consumed }, "sent");
    await done;
    const wallMs = performance.now() - startedAtMs;
    const cpu = process.threadCpuUsage({ user, system });
    await sent;
    return { wallMs, cpuMs: (cpu.user + cpu.system) / 1_000 };
  }
}
