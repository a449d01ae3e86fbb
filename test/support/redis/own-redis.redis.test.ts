import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withClient } from "./connection.ts";
import { ownServers } from "./sources.ts";
import { type OwnRedis, startOwnRedis } from "./test-redis.ts";

const ABANDONED = fileURLToPath(new URL("./abandoned-redis.ts", import.meta.url));

/** Whether this machine has what a source needs. */
async function canBeHad(environment: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    await (await startOwnRedis([], environment)).stop();
    return true;
  } catch {
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  return withClient(url, (client) => client.ping()).then(
    () => true,
    () => false,
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

// Every kind that can be had here, whichever of them the run itself uses.
for (const { kind } of ownServers({})) {
  const environment = { ...process.env, STRIKEWIRE_TEST_REDIS_KIND: kind };
  if (!(await canBeHad(environment))) continue;

  describe(`a Redis of one's own from ${kind}`, () => {
    let temporary: string;
    let redis: OwnRedis | undefined;
    beforeEach(() => {
      temporary = mkdtempSync(join(tmpdir(), "strikewire-tmp-"));
      vi.stubEnv("TMPDIR", temporary);
    });
    afterEach(async () => {
      await redis?.stop();
      redis = undefined;
      vi.unstubAllEnvs();
      rmSync(temporary, { recursive: true });
    });
    // Testcontainers leaves an empty lock file of its own.
    const leftovers = (): string[] => readdirSync(temporary).filter((name) => name.startsWith("strikewire"));
    const start = async (...args: string[]): Promise<OwnRedis> => {
      redis = await startOwnRedis(args, environment);
      return redis;
    };
    const set = (client: Redis): Promise<unknown> => client.set("price", "4.20");
    const get = (client: Redis): Promise<string | null> => client.get("price");

    it("comes back at the same address with what it stored, after a restart and after a crash", async () => {
      const { url, restart, kill } = await start("--appendonly", "yes", "--appendfsync", "always");
      await withClient(url, set);
      await restart();
      expect(await withClient(url, get)).toBe("4.20");
      await kill();
      expect(await answers(url)).toBe(false);
      await restart();
      expect(await withClient(url, get)).toBe("4.20");
    });

    it("stores nothing unless told to", async () => {
      const { url, restart } = await start();
      await withClient(url, set);
      await restart();
      expect(await withClient(url, get)).toBe(null);
    });

    it("takes the options it is given", async () => {
      const { url } = await start("--maxmemory", "8mb");
      expect(await withClient(url, (client) => client.config("GET", "maxmemory"))).toEqual([
        "maxmemory",
        String(8 * 1024 * 1024),
      ]);
    });

    it("answers nothing while it is paused, and everything afterwards", async () => {
      const { url, pause, resume } = await start();
      await withClient(url, async (client) => {
        await pause();
        const answer = client.ping();
        expect(await Promise.race([answer, sleep(100, "silence")])).toBe("silence");
        await resume();
        expect(await answer).toBe("PONG");
      });
    });

    it("goes on by itself after a pause of a given length", async () => {
      const { url, pause } = await start();
      await withClient(url, async (client) => {
        const before = performance.now();
        await pause(200);
        expect(await client.ping()).toBe("PONG");
        expect(performance.now() - before).toBeGreaterThan(190);
      });
    });

    it("is gone after stop, even out of a pause, and stopping again is nothing", async () => {
      const { url, pause, stop } = await start("--appendonly", "yes");
      await pause();
      await stop();
      await stop();
      expect(await answers(url)).toBe(false);
      expect(leftovers()).toEqual([]);
    });

    it("is gone when the process that started it is killed", async () => {
      const parent = spawn(process.execPath, [ABANDONED], {
        env: { ...environment, TMPDIR: temporary },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [url]: string[] = await once(createInterface({ input: parent.stdout }), "line");
      if (url === undefined) throw new Error("it printed no address");
      expect(await answers(url)).toBe(true);
      parent.kill("SIGKILL");
      await until(async () => !(await answers(url)) && leftovers().length === 0);
    });
  });
}
