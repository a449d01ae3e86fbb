import { describe, expect, it } from "vitest";
import { choiceLine, firstRedis } from "./choice.ts";
import type { RedisKind, RedisSource, StartedRedis } from "./redis-source.ts";

/** A source of servers that only exist in `log`, and how often they were started and stopped. */
function source(kind: RedisKind, log: string[], outcome: { fails?: string; demanded?: boolean } = {}) {
  const made: RedisSource<StartedRedis> = {
    kind,
    demanded: outcome.demanded ?? false,
    async start(args) {
      log.push(["start", kind, ...args].join(" "));
      if (outcome.fails !== undefined) throw new Error(outcome.fails);
      const stop = async (): Promise<void> => {
        log.push(`stop ${kind}`);
      };
      return { url: `redis://${kind}`, where: `the ${kind} server`, stop };
    },
  };
  return made;
}

const seven = async (): Promise<string> => "7.2.4";

describe("the choice of a Redis", () => {
  it("is the first source, and the others are not tried", async () => {
    const log: string[] = [];
    const chosen = await firstRedis([source("docker", log), source("path", log)], seven, ["--appendonly", "yes"]);
    expect(chosen).toMatchObject({
      kind: "docker",
      version: "7.2.4",
      passedOver: [],
      server: { url: "redis://docker" },
    });
    expect(log).toEqual(["start docker --appendonly yes"]);
    expect(choiceLine(chosen)).toBe("Redis 7.2.4 from docker: the docker server");
  });

  it("passes over what cannot be had and says why", async () => {
    const log: string[] = [];
    const sources = [
      source("url", log, { fails: "not set" }),
      source("docker", log, { fails: "no daemon" }),
      source("path", log),
      source("debian", log),
    ];
    const chosen = await firstRedis(sources, seven);
    expect(log).toEqual(["start url", "start docker", "start path"]);
    expect(choiceLine(chosen)).toBe(
      "Redis 7.2.4 from path: the path server; passed over: url (not set), docker (no daemon)",
    );
  });

  it("does not look elsewhere when the one that was asked for cannot be had", async () => {
    const log: string[] = [];
    const sources = [source("url", log, { fails: "connection refused", demanded: true }), source("docker", log)];
    await expect(firstRedis(sources, seven)).rejects.toThrow("current value is url: connection refused");
    expect(log).toEqual(["start url"]);
  });

  it.each(["7.0.0", "7.4.1", "10.0.0"])("accepts version %s", async (version) => {
    const log: string[] = [];
    expect(await firstRedis([source("path", log)], async () => version)).toMatchObject({ version });
    expect(log).toEqual(["start path"]);
  });

  it.each(["6.2.14", "6.99.99", "5.0.3"])("refuses version %s, ends that server and looks on", async (version) => {
    const log: string[] = [];
    const versionOf = async (url: string): Promise<string> => (url === "redis://path" ? version : "7.0.0");
    const chosen = await firstRedis([source("path", log), source("debian", log)], versionOf);
    expect(chosen.kind).toBe("debian");
    expect(chosen.passedOver).toEqual([
      { kind: "path", reason: `the path server is Redis ${version}, older than 7.0` },
    ]);
    expect(log).toEqual(["start path", "stop path", "start debian"]);
  });

  it("ends a server that does not say its version", async () => {
    const log: string[] = [];
    const silent = async (): Promise<string> => {
      throw new Error("no INFO");
    };
    await expect(firstRedis([source("docker", log)], silent)).rejects.toThrow("docker: no INFO");
    expect(log).toEqual(["start docker", "stop docker"]);
  });

  it("fails in one line that says what to install and what was tried", async () => {
    const sources = [
      source("docker", [], { fails: "no daemon\n  at all" }),
      source("path", [], { fails: "not found" }),
    ];
    await expect(firstRedis(sources, seven)).rejects.toThrow(
      /^Cannot find a Redis for the tests: Docker, a redis-server 7\.0 or newer on the PATH, or the address of one in STRIKEWIRE_TEST_REDIS_URL is required, current value is docker: no daemon at all; path: not found$/,
    );
  });
});
