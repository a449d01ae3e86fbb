interface Tally {
  /** Copies received, by epoch. */
  readonly received: Map<string, number>;
  /** Copies in the trade streams. */
  stored: number;
  duplicates: number;
}

/** How often each print was received, and how often it is stored. */
export class PrintTallies {
  readonly #tallies = new Map<string, Tally>();
  received = 0;
  stored = 0;
  duplicates = 0;

  receive(identity: string, epoch: string): void {
    const { received } = this.#of(identity);
    received.set(epoch, (received.get(epoch) ?? 0) + 1);
    this.received += 1;
  }

  /** Whether another epoch brought each of these; where one is there twice, twice. */
  hasReceived(identities: readonly string[], exceptFrom: string | undefined): boolean {
    const wanted = new Map<string, number>();
    for (const identity of identities) wanted.set(identity, (wanted.get(identity) ?? 0) + 1);
    return [...wanted].every(([identity, count]) => {
      const copies = [...(this.#tallies.get(identity)?.received ?? [])];
      return copies.some(([epoch, received]) => epoch !== exceptFrom && received >= count);
    });
  }

  store(identity: string, isDuplicate: boolean): void {
    const tally = this.#of(identity);
    tally.stored += 1;
    this.stored += 1;
    if (!isDuplicate) return;
    tally.duplicates += 1;
    this.duplicates += 1;
  }

  /**
   * What does not agree. Every copy received is stored; counted are as many as any one epoch brought, and what other
   * epochs brought beyond that is marked. Made for runs that repeat nothing after more than a minute.
   */
  *findings(): Iterable<string> {
    for (const [identity, { received, stored, duplicates }] of this.#tallies) {
      const copies = [...received.values()];
      const sum = copies.reduce((total, count) => total + count, 0);
      if (stored !== sum) yield `print ${identity}: stored ${stored} times, received ${sum} times`;
      const marked = sum - Math.max(0, ...copies);
      if (duplicates !== marked)
        yield `print ${identity}: marked as a duplicate ${duplicates} times, is one ${marked} times`;
    }
  }

  #of(identity: string): Tally {
    let tally = this.#tallies.get(identity);
    if (tally === undefined) {
      tally = { received: new Map(), stored: 0, duplicates: 0 };
      this.#tallies.set(identity, tally);
    }
    return tally;
  }
}
