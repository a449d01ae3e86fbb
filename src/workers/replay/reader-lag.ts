/** Appends whose entries may be unread, in order: how many entries each had, and how much text. */
interface Append {
  readonly entries: number;
  readonly characters: number;
}

/** How much of what was appended lies in the last entries of a log. */
export class ReaderLag {
  #appends: Append[] = [];

  /** Takes note of an append. */
  add(entries: number, characters: number): void {
    this.#appends.push({ entries, characters });
  }

  /**
   * The text in the last `unread` entries, whole appends counted in full. Forgets what stands before them: a reader never
   * goes back.
   */
  charactersIn(unread: number): number {
    let entries = 0;
    let characters = 0;
    let first = this.#appends.length;
    while (first > 0 && entries < unread) {
      first -= 1;
      entries += this.#appends[first]?.entries ?? 0;
      characters += this.#appends[first]?.characters ?? 0;
    }
    this.#appends = this.#appends.slice(first);
    return characters;
  }
}
