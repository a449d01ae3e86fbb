/** Lists of one id below this are their own code. */
const DIRECT_IDS = 4096;
/** Lists remembered at most; a feed has hundreds. */
const MAX_LISTS = 65_536;

/** Numbers for lists of condition ids, equal lists alike: few lists occur, in millions of prints. */
export class ConditionCodes {
  readonly #codes = new Map<string, number>();
  #next = DIRECT_IDS + 1;

  codeOf(conditions: readonly number[] | undefined): number {
    if (conditions === undefined) return 0;
    const first = conditions[0];
    if (conditions.length === 1 && first !== undefined && first < DIRECT_IDS) return first + 1;
    const list = conditions.join();
    const known = this.#codes.get(list);
    if (known !== undefined) return known;
    // Codes are never given twice: a forgotten list makes equal prints look different, never the other way round.
    if (this.#codes.size >= MAX_LISTS) this.#codes.clear();
    const code = this.#next++;
    this.#codes.set(list, code);
    return code;
  }
}
