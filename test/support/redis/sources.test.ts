import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { givenServer, ownServers } from "./sources.ts";

describe("the server at STRIKEWIRE_TEST_REDIS_URL", () => {
  it.each([{}, { STRIKEWIRE_TEST_REDIS_URL: "" }])("is passed over where it is not named: %o", async (environment) => {
    const source = givenServer(environment);
    expect(source.demanded).toBe(false);
    await expect(source.start([])).rejects.toThrow("STRIKEWIRE_TEST_REDIS_URL is not set");
  });

  it("is demanded where it is named, and shown without its credentials", async () => {
    const url = "redis://desk:secret@10.1.2.3:6380/4";
    const source = givenServer({ STRIKEWIRE_TEST_REDIS_URL: url });
    expect(source.demanded).toBe(true);
    expect(await source.start([])).toMatchObject({ url, where: "redis://10.1.2.3:6380/4" });
  });

  it("is refused where its address is none, without repeating it", async () => {
    const source = givenServer({ STRIKEWIRE_TEST_REDIS_URL: "secret@somewhere" });
    await expect(source.start([])).rejects.toThrow(/^STRIKEWIRE_TEST_REDIS_URL is not an address [^@]*$/);
  });
});

describe("the ways to a server of one's own", () => {
  it("are Docker, the PATH and Debian's package, in this order", () => {
    expect(ownServers({}).map(({ kind, demanded }) => [kind, demanded])).toEqual([
      ["docker", false],
      ["path", false],
      ["debian", false],
    ]);
  });

  it.each(["docker", "path", "debian"])("are only %s where it is demanded", (kind) => {
    expect(ownServers({ STRIKEWIRE_TEST_REDIS_KIND: kind })).toMatchObject([{ kind, demanded: true }]);
  });

  it("are none where something unknown is demanded", () => {
    expect(() => ownServers({ STRIKEWIRE_TEST_REDIS_KIND: "podman" })).toThrow(
      "STRIKEWIRE_TEST_REDIS_KIND must be docker, path or debian, current value is podman",
    );
  });
});

describe("a server on the PATH", () => {
  let bin: string;
  let temporary: string;
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), "strikewire-bin-"));
    temporary = mkdtempSync(join(tmpdir(), "strikewire-tmp-"));
    vi.stubEnv("TMPDIR", temporary);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    for (const folder of [bin, temporary]) rmSync(folder, { recursive: true });
  });
  const start = async (): Promise<unknown> => {
    const [source] = ownServers({ STRIKEWIRE_TEST_REDIS_KIND: "path", PATH: `${bin}/none:${bin}` });
    return source?.start([]);
  };

  it("is passed over where there is none", async () => {
    await expect(start()).rejects.toThrow("no redis-server on the PATH");
  });

  it("is passed over where the file of that name is not a program", async () => {
    writeFileSync(join(bin, "redis-server"), "text");
    await expect(start()).rejects.toThrow("no redis-server on the PATH");
  });

  it("that does not start is quoted with its last words and leaves no folder", async () => {
    const program = join(bin, "redis-server");
    writeFileSync(program, "#!/bin/sh\necho starting\necho 'out of luck' >&2\nexit 1\n");
    chmodSync(program, 0o755);
    await expect(start()).rejects.toThrow("the server did not start: out of luck");
    expect(readdirSync(temporary)).toEqual([]);
  });
});
