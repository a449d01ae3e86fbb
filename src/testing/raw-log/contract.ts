import { CURSOR_START } from "../../domain/stream/cursor.ts";
import type { RawLog, RawLogRetention } from "../../ports/raw-log.ts";
import { type ContractOptions, closedClientTests, contractTests } from "../runner.ts";
import { appendTests, racingTests } from "./append-tests.ts";
import { never, PRODUCER, ROOMY } from "./entries.ts";
import { countTests, readTests, waitingTests } from "./read-tests.ts";
import { sampleFrames } from "./samples.ts";
import { tailTests } from "./tail-tests.ts";
import { trimTests } from "./trim-tests.ts";

/** Runs the contract of `RawLog` against an adapter. */
export function rawLogContract(adapter: string, options: ContractOptions<RawLog, [RawLogRetention]>): void {
  const tests = contractTests(options);
  tests.runner.describe(`raw log (${adapter})`, () => {
    tests.runner.describe("append", () => appendTests(tests));
    tests.runner.describe("read", () => readTests(tests));
    tests.runner.describe("waiting read", () => waitingTests(tests));
    tests.runner.describe("countAfter", () => countTests(tests));
    tests.runner.describe("connectionTail", () => tailTests(tests));
    tests.runner.describe("trim", () => trimTests(tests));
    tests.runner.describe("two clients", () => racingTests(tests));
    closedClientTests(
      tests,
      (log) => log,
      {
        append: (log) => log.append(PRODUCER, 1, sampleFrames(1, 1)),
        storedSeq: (log) => log.storedSeq(PRODUCER),
        connectionTail: (log) => log.connectionTail({ class: "options", shard: 0 }),
        read: (log) => log.read(CURSOR_START, 1, 0, never()),
        countAfter: (log) => log.countAfter(CURSOR_START),
        trim: (log) => log.trim(CURSOR_START),
      },
      ROOMY,
    );
  });
}
