import type { Redis } from "ioredis";

/** Every key that begins with a prefix, by name without it: what it holds, as the server packs it. */
export async function dumpKeys(client: Redis, prefix = ""): Promise<Readonly<Record<string, string>>> {
  const names = (await client.keys(`${prefix}*`)).sort();
  const dumps = names.map(async (key) => [key.slice(prefix.length), (await client.dumpBuffer(key)).toString("base64")]);
  return Object.fromEntries(await Promise.all(dumps)) as Record<string, string>;
}
