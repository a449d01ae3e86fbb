import { isUrlOf } from "./kinds.ts";

/** Whether a text is `redis://[user:password@]host[:port][/db]`, or the same with `rediss://`. */
export function isRedisUrl(text: string): boolean {
  if (!isUrlOf(["redis:", "rediss:"], text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return search === "" && hash === "" && /^\/?\d{0,5}$/.test(pathname) && isEncoded(username) && isEncoded(password);
}

/** Whether every `%` begins an escape. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
