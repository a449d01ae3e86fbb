import type { RedisPorts } from "../../src/adapters/redis/index.ts";

/** What a server spent on what was sent to it. */
export interface ServerTime {
  /** Of its main thread, reading and answering included: what is left of a busy machine's other work. */
  readonly cpuMs: number;
  readonly totalMs: number;
  /** Of the longest command or script: for so long others had to wait. */
  readonly longestMs: number;
}

/** Of a log of slow commands: shorter ones keep nobody waiting. */
const LOGGED_US = 300;
/** What stores send; scripts are counted with what they call. */
const SENT = ["evalsha", "eval", "mget", "sinter", "smembers", "hget", "hgetall", "get"];

/** Has the server count from now on. @returns what to end with. */
export async function beginServerTime(ports: RedisPorts): Promise<{ readonly cpuMs: number }> {
  const { connection } = ports;
  const settings = ["slowlog-log-slower-than", LOGGED_US, "slowlog-max-len", 5_000];
  await connection.command("log slow commands", "CONFIG", "SET", ...settings);
  await connection.command("forget what was logged", "SLOWLOG", "RESET");
  await connection.command("reset the statistics", "CONFIG", "RESETSTAT");
  return { cpuMs: await cpuMsOf(ports) };
}

async function cpuMsOf({ connection }: RedisPorts): Promise<number> {
  const info = String(await connection.command("read the server's times", "INFO", "cpu"));
  const times = [...info.matchAll(/^used_cpu_(?:user|sys)_main_thread:([\d.]+)/gm)];
  return times.reduce((sum, [, value]) => sum + 1_000 * Number(value), 0);
}

/** What the server spent since `beginServerTime`. */
export async function endServerTime(ports: RedisPorts, began: { readonly cpuMs: number }): Promise<ServerTime> {
  const { connection } = ports;
  const cpuMs = (await cpuMsOf(ports)) - began.cpuMs;
  const stats = String(await connection.command("read the statistics", "INFO", "commandstats"));
  const micros = SENT.map((name) => Number(new RegExp(`^cmdstat_${name}:.*?usec=(\\d+)`, "m").exec(stats)?.[1] ?? 0));
  const log = (await connection.command("read what was logged", "SLOWLOG", "GET", -1)) as readonly unknown[][];
  const longest = Math.max(0, ...log.map(([, , duration]) => Number(duration)));
  return { cpuMs, totalMs: micros.reduce((sum, each) => sum + each, 0) / 1_000, longestMs: longest / 1_000 };
}
