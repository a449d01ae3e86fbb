import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CaptureInput, createCaptureWriter, openCapture } from "../../../src/adapters/capture/index.ts";
import { CaptureError, ClosedError } from "../../../src/domain/errors.ts";
import { readAll } from "../../support/byte-streams.ts";

let folder = "";
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "capture-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function newPath(): string {
  files += 1;
  return join(folder, `${files}.jsonl`);
}

async function written(records: readonly CaptureInput[], gzip: boolean): Promise<string> {
  const path = newPath();
  const writer = await createCaptureWriter(path, { gzip });
  await writer.write(records);
  await writer.close();
  return path;
}

const time = fc.option(
  fc.integer({ min: 1, max: 4_294_967_295_000_000 }).map((micros) => micros / 1e3),
  { nil: undefined },
);
const text = fc.oneof(fc.string({ unit: "binary" }), fc.constant("line\r\nbreaks\u2028 \ud800 \u0000"), fc.json());
const cause = fc.constantFrom("disconnect", "shed", "absence", "failover" as const);
const base = {
  position: fc.record({
    class: fc.constantFrom("options", "stocks", "indices" as const),
    shard: fc.nat({ max: 999 }),
    epoch: fc.nat(),
    seq: fc.nat(),
  }),
  receivedAtMs: time,
};
const draft = fc.oneof(
  fc.record({ kind: fc.constant("frame" as const), ...base, payload: text }),
  fc.record({ kind: fc.constantFrom("connected" as const, "heartbeat" as const), ...base }),
  fc.record({ kind: fc.constant("closed" as const), ...base, cause }),
  fc.record({
    kind: fc.constant("gap" as const),
    ...base,
    gap: fc
      .record({
        connection: text,
        fromAtMs: time,
        toAtMs: time,
        cause,
        scope: fc.constantFrom("all", "trades", "quotes", "instruments" as const),
        instruments: fc.option(fc.array(text, { maxLength: 3 }), { nil: undefined }),
      })
      .filter(({ fromAtMs = 0, toAtMs = Infinity }) => fromAtMs <= toAtMs),
  }),
);
const record = fc.oneof(
  fc.record({ kind: fc.constant("frame" as const), receivedAtMs: time, payload: text }),
  fc.record({ kind: fc.constant("entry" as const), draft }),
);

describe("createCaptureWriter", () => {
  it("writes every record so that it is read back the same, plain and gzip", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 20 }), fc.boolean(), async (records, gzip) => {
        const read = await readAll(openCapture(await written(records, gzip)));
        expect(read).toEqual({
          records: records.map((made, index) => ({ ...made, line: index + 1 })),
          error: undefined,
        });
      }),
      { seed: 42, numRuns: 150 },
    );
  });

  it("writes drafts of a raw log as they stand", async () => {
    const position = { class: "options", shard: 0, epoch: 1, seq: 1 } as const;
    const path = await written(
      [
        { kind: "frame", position, receivedAtMs: 1_700_000_000_123, payload: '["€"]' },
        { kind: "connected", position: { ...position, seq: 2 }, receivedAtMs: undefined },
      ],
      false,
    );
    expect(await readFile(path, "utf8")).toBe(
      '{"ts":1700000000.123,"payload":"[\\"€\\"]","src":"options/0/1/1"}\n' +
        '{"payload":"[]","src":"options/0/1/2","kind":"connected"}\n',
    );
  });

  it("keeps the order of calls that nobody waited for, and of one that takes many writes", async () => {
    const path = newPath();
    const writer = await createCaptureWriter(path, { gzip: true });
    const frame = (index: number): CaptureInput => {
      return { kind: "frame", receivedAtMs: undefined, payload: `${index} ${"x".repeat(60_000)}` };
    };
    const calls = [0, 1, 2].map((call) =>
      writer.write(Array.from({ length: 40 }, (_, index) => frame(call * 40 + index))),
    );
    await Promise.all([...calls, writer.close()]);
    const { records } = await readAll(openCapture(path));
    expect(records.map((read) => (read.kind === "frame" ? Number.parseInt(read.payload, 10) : -1))).toEqual(
      Array.from({ length: 120 }, (_, index) => index),
    );
  });

  it("never touches a file that is there", async () => {
    const path = newPath();
    await writeFile(path, "precious");
    await expect(createCaptureWriter(path)).rejects.toThrow(CaptureError);
    await expect(createCaptureWriter(path)).rejects.toMatchObject({
      message: expect.stringContaining(`the file must be new`),
      cause: { code: "EEXIST" },
    });
    expect(await readFile(path, "utf8")).toBe("precious");
    await expect(createCaptureWriter(join(folder, "no", "folder"))).rejects.toMatchObject({
      cause: { code: "ENOENT" },
    });
  });

  it("refuses a receipt time that could not be read back, and writes nothing of the call", async () => {
    const path = newPath();
    const writer = await createCaptureWriter(path);
    const payload = "[]";
    for (const receivedAtMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 4_294_967_295_001]) {
      const frames = [1, receivedAtMs].map((ms) => ({ kind: "frame", receivedAtMs: ms, payload }) as const);
      await expect(writer.write(frames)).rejects.toThrow(RangeError);
    }
    await writer.close();
    expect(await readFile(path, "utf8")).toBe("");
  });

  it("refuses to write once it is closed, and closes twice without harm", async () => {
    const writer = await createCaptureWriter(newPath());
    await Promise.all([writer.close(), writer.close()]);
    await writer.close();
    await expect(writer.write([])).rejects.toThrow(ClosedError);
  });
});
