/** Text frames of a server, one behind the other, as they stand on the wire. ASCII only. */
export function onTheWire(payloads: readonly string[]): Buffer {
  let length = 0;
  for (const payload of payloads) length += headerLength(payload) + payload.length;
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const payload of payloads) {
    bytes[at] = 0x81;
    if (payload.length < 126) {
      bytes[at + 1] = payload.length;
    } else if (payload.length < 65_536) {
      bytes[at + 1] = 126;
      bytes.writeUInt16BE(payload.length, at + 2);
    } else {
      bytes[at + 1] = 127;
      bytes.writeBigUInt64BE(BigInt(payload.length), at + 2);
    }
    at += headerLength(payload);
    at += bytes.write(payload, at, "latin1");
  }
  return bytes;
}

function headerLength(payload: string): number {
  if (payload.length < 126) return 2;
  return payload.length < 65_536 ? 4 : 10;
}
