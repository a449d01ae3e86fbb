/**
 * One line of a capture file, without its line feed: what a plain recorder of a socket writes down for one frame.
 *
 * @param receivedAtMs whole ms since the Unix epoch.
 * @param payload the frame's text, verbatim.
 * @example
 * ```ts
 * captureLine(1766154600123, "[]"); // '{"ts":1766154600.123,"payload":"[]"}'
 * ```
 */
export function captureLine(receivedAtMs: number, payload: string): string {
  const seconds = Math.floor(receivedAtMs / 1000);
  const millis = String(receivedAtMs - seconds * 1000).padStart(3, "0");
  return `{"ts":${seconds}.${millis},"payload":${JSON.stringify(payload)}}`;
}
