import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ProviderAnswer, ProviderCommand } from "./provider-protocol.ts";

/** A provider on a thread of its own, for one client at a time. */
export class BenchProvider {
  readonly url: string;
  readonly #worker: Worker;

  private constructor(worker: Worker, url: string) {
    this.#worker = worker;
    this.url = url;
  }

  static async start(): Promise<BenchProvider> {
    const worker = new Worker(new URL("./provider-worker.ts", import.meta.url));
    const { url } = await answerOf(worker, "listening");
    return new BenchProvider(worker, url);
  }

  /** Gives a command and waits for what it leads to. */
  async tell<K extends ProviderAnswer["kind"]>(
    command: ProviderCommand,
    until: K,
  ): Promise<Extract<ProviderAnswer, { readonly kind: K }>> {
    const answered = this.next(until);
    this.#worker.postMessage(command);
    return answered;
  }

  next<K extends ProviderAnswer["kind"]>(kind: K): Promise<Extract<ProviderAnswer, { readonly kind: K }>> {
    return answerOf(this.#worker, kind);
  }

  async close(): Promise<void> {
    const ended = once(this.#worker, "exit");
    this.#worker.postMessage({ kind: "close" } satisfies ProviderCommand);
    await ended;
  }
}

/** Runs `use` with a provider, and closes that. */
export async function withProvider<T>(use: (provider: BenchProvider) => Promise<T>): Promise<T> {
  const provider = await BenchProvider.start();
  try {
    return await use(provider);
  } finally {
    await provider.close();
  }
}

async function answerOf<K extends ProviderAnswer["kind"]>(
  worker: Worker,
  kind: K,
): Promise<Extract<ProviderAnswer, { readonly kind: K }>> {
  for (;;) {
    const [message] = (await once(worker, "message")) as [ProviderAnswer];
    if (message.kind === kind) return message as Extract<ProviderAnswer, { readonly kind: K }>;
  }
}
