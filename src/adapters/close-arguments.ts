/** What a close frame holds beside its code, bytes. */
const MAX_REASON_BYTES = 123;

/** @throws {RangeError} unless a client may close with `code` on every runtime: 1000, or 3000 to 4999. */
export function assertCloseCode(code: number): void {
  if (code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999)) return;
  throw new RangeError(
    `Cannot close a link: 'code' must be 1000 or an integer from 3000 to 4999, current value is ${code}`,
  );
}

/** The reason, or as many of its whole characters as fit into a close frame. */
export function cutReason(reason: string): string {
  // No character takes more than three bytes per unit of its length.
  if (reason.length * 3 <= MAX_REASON_BYTES) return reason;
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(MAX_REASON_BYTES));
  return reason.slice(0, read);
}
