import type { RedisOptions } from "ioredis";

/** Where a Redis is, and how to get in. */
export interface RedisAddress {
  /** Without credentials, for messages: `redis://10.1.2.3:6380/4`. */
  readonly label: string;
  readonly options: Pick<RedisOptions, "host" | "port" | "db" | "username" | "password" | "tls">;
}

/**
 * Reads a Redis URL: `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS.
 *
 * @throws {TypeError} for anything else; the message has no credentials in it.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const db = parsed === undefined ? Number.NaN : databaseOf(parsed.pathname);
  const username = decoded(parsed?.username ?? "");
  const password = decoded(parsed?.password ?? "");
  const isWhole = !Number.isNaN(db) && username !== undefined && password !== undefined;
  if (parsed === undefined || !isRedis(parsed) || !isWhole) {
    throw new TypeError(
      `Cannot connect to Redis: the URL must be redis://[user:password@]host[:port][/db], or rediss:// for TLS, current value is ${withoutCredentials(url)}`,
    );
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = parsed.port === "" ? 6379 : Number(parsed.port);
  const tls = parsed.protocol === "rediss:";
  return {
    label: `${parsed.protocol}//${parsed.hostname}:${port}${db === 0 ? "" : `/${db}`}`,
    options: {
      host,
      port,
      db,
      ...(username === "" ? {} : { username }),
      ...(password === "" ? {} : { password }),
      ...(tls ? { tls: {} } : {}),
    },
  };
}

function isRedis({ protocol, hostname, search, hash }: URL): boolean {
  return (protocol === "redis:" || protocol === "rediss:") && hostname !== "" && search === "" && hash === "";
}

/** The number of a database; `NaN` where the path is none. */
function databaseOf(path: string): number {
  if (path === "" || path === "/") return 0;
  return /^\/\d{1,5}$/.test(path) ? Number(path.slice(1)) : Number.NaN;
}

/** `undefined` where a `%` begins no escape. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * What stands behind the last `@`, without a query: whatever was meant as user and password stands before it. Where the `@`
 * was forgotten, what stands behind a colon and is no port may be a password too.
 */
function withoutCredentials(url: string): string {
  const shown = url.slice(url.lastIndexOf("@") + 1).replace(/[?#].*$/s, "");
  return `"${shown.replace(/:(?!\/\/|\d{1,5}(\/|$)).*$/s, ":…")}"`;
}
