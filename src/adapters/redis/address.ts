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
  if (parsed === undefined || !isRedis(parsed) || Number.isNaN(db)) {
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
      ...(parsed.username === "" ? {} : { username: decodeURIComponent(parsed.username) }),
      ...(parsed.password === "" ? {} : { password: decodeURIComponent(parsed.password) }),
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

/** What stands behind the last `@`: whatever was meant as user and password stands before it. */
function withoutCredentials(url: string): string {
  return `"${url.slice(url.lastIndexOf("@") + 1)}"`;
}
