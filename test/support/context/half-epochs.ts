import type { PlainContext } from "./plain-context.ts";

/** Records looked at with each reading, at random: all of them would keep the reader busy over whole promotions. */
const SAMPLE = 200;

/** Reads which epoch is active as fast as it can, and whether all of that is there. */
export class HalfEpochs {
  /** What was missing. */
  readonly findings: string[] = [];
  /** Those that were seen. */
  readonly epochs = new Set<string>();
  readonly #plain: PlainContext;
  #isStopped = false;

  constructor(plain: PlainContext) {
    this.#plain = plain;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Reads until stopped. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const epoch = await this.#plain.active();
      if (epoch !== null) await this.#look(epoch);
    }
  }

  async #look(epoch: string): Promise<void> {
    this.epochs.add(epoch);
    const { promised, listed, missing } = await this.#plain.sample(epoch, SAMPLE);
    if (listed !== promised) this.findings.push(`${epoch} lists ${listed} of ${promised} contracts`);
    for (const contract of missing) this.findings.push(`${epoch} has no record of ${contract}`);
  }
}
