interface Tally {
  /** Copies received, by epoch; most prints know but one. */
  readonly epoch: string;
  received: number;
  others: Map<string, number> | undefined;
  /** Copies in the trade streams, and those of them that are marked. */
  stored: number;
  duplicates: number;
}

/** How often each print was received, and how often it is stored. */
export class PrintTallies {
  readonly #tallies = new Map<string, Tally>();
  readonly #wrong = new Map<string, Tally>();
  received = 0;
  stored = 0;
  duplicates = 0;

  receive(identity: string, epoch: string): void {
    this.received += 1;
    const tally = this.#tallies.get(identity);
    if (tally === undefined) {
      this.#tallies.set(identity, { epoch, received: 1, others: undefined, stored: 0, duplicates: 0 });
    } else if (tally.epoch === epoch) {
      tally.received += 1;
    } else {
      tally.others ??= new Map();
      tally.others.set(epoch, (tally.others.get(epoch) ?? 0) + 1);
    }
  }

  /** To be told behind what was received. */
  store(identity: string, isDuplicate: boolean): void {
    const tally = this.#tallies.get(identity) ?? {
      epoch: "",
      received: 0,
      others: undefined,
      stored: 0,
      duplicates: 0,
    };
    this.#tallies.set(identity, tally);
    tally.stored += 1;
    this.stored += 1;
    if (!isDuplicate) return;
    tally.duplicates += 1;
    this.duplicates += 1;
  }

  /** Whether another epoch brought each of these; where one is there twice, twice. */
  hasReceived(identities: readonly string[], exceptFrom: string | undefined): boolean {
    const wanted = new Map<string, number>();
    for (const identity of identities) wanted.set(identity, (wanted.get(identity) ?? 0) + 1);
    return [...wanted].every(([identity, count]) => {
      const tally = this.#tallies.get(identity);
      return tally !== undefined && copiesOf(tally).some(([epoch, copies]) => epoch !== exceptFrom && copies >= count);
    });
  }

  /** Lets go of the oldest prints that balance. One that is stored once more later is found all the same. */
  forget(kept: number): void {
    for (const [identity, tally] of this.#tallies) {
      if (this.#tallies.size <= kept) return;
      if (faultOf(tally) !== undefined) this.#wrong.set(identity, tally);
      this.#tallies.delete(identity);
    }
  }

  /**
   * What does not agree. Every copy received is stored; counted are as many as any one epoch brought, and what other
   * epochs brought beyond that is marked. Made for runs that repeat nothing after more than a minute.
   */
  *findings(): Iterable<string> {
    for (const tallies of [this.#wrong, this.#tallies]) {
      for (const [identity, tally] of tallies) {
        const fault = faultOf(tally);
        if (fault !== undefined) yield `print ${identity}: ${fault}`;
      }
    }
  }
}

function copiesOf({ epoch, received, others }: Tally): readonly (readonly [epoch: string, copies: number])[] {
  return [[epoch, received], ...(others ?? [])];
}

function faultOf(tally: Tally): string | undefined {
  const copies = copiesOf(tally).map(([, count]) => count);
  const received = copies.reduce((total, count) => total + count, 0);
  const { stored, duplicates } = tally;
  if (stored !== received) return `stored ${stored} times, received ${received} times`;
  const repeated = received - Math.max(...copies);
  return duplicates === repeated ? undefined : `marked as a duplicate ${duplicates} times, is one ${repeated} times`;
}
