import fc from "fast-check";

/** Commands of a sequence at most; the mean is near half of them. */
const MAX_LENGTH = 150;
const RUNS = 60;
const SEED = 42;
/** What a sequence may take on a busy machine. */
const LIMIT_MS_PER_RUN = 400;

const environment = process.env;
const runs = Number(environment["STRIKEWIRE_TEST_SEQUENCES"] ?? RUNS);
const seed = Number(environment["STRIKEWIRE_TEST_SEED"] ?? SEED);
const path = environment["STRIKEWIRE_TEST_PATH"];

/** What all sequences of a test may take, with the search for a shorter one where one fails. */
export const SEQUENCES_LIMIT_MS: number = LIMIT_MS_PER_RUN * runs + 20_000;

/**
 * Runs random sequences. STRIKEWIRE_TEST_SEQUENCES asks for more of them, STRIKEWIRE_TEST_SEED for others; one that fails
 * is shortened and printed with what repeats it.
 *
 * @param title of the test, for whoever repeats it.
 */
export async function checkSequences<Sequence>(
  title: string,
  sequences: fc.Arbitrary<Sequence>,
  run: (sequence: Sequence) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(sequences, run), {
    seed,
    numRuns: runs,
    ...(path === undefined ? {} : { path, endOnFailure: true }),
    interruptAfterTimeLimit: SEQUENCES_LIMIT_MS,
    markInterruptAsFailure: true,
    reporter(details) {
      if (!details.failed) return;
      const repeat =
        `STRIKEWIRE_TEST_SEED=${details.seed} STRIKEWIRE_TEST_PATH=${details.counterexamplePath ?? ""}` +
        ` npx vitest run --project redis test/contract/random-commands -t "${title}"`;
      throw new Error(`${fc.defaultReportMessage(details)}\n\nRepeat it with:\n${repeat}`, {
        cause: details.errorInstance,
      });
    },
  });
}

/** A list of commands. */
export function commandsOf<Command>(command: fc.Arbitrary<Command>): fc.Arbitrary<readonly Command[]> {
  return fc.array(command, { maxLength: MAX_LENGTH, size: "max" });
}
