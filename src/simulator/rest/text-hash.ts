/** A number in [0, 1) that belongs to a text: FNV-1a, mixed once more so that neighbours differ. The same everywhere. */
export function fractionOf(text: string): number {
  return hashOf(text) / 4_294_967_296;
}

/** The 32 bits behind `fractionOf`. */
export function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a_2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
