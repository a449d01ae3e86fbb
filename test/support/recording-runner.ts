import type { ContractRunner } from "../../src/testing/index.ts";

/** How the tests of a suite ended, by their whole titles. */
export interface SuiteRecord {
  readonly passed: readonly string[];
  readonly skipped: readonly string[];
  /** Title to what was wrong. */
  readonly failed: ReadonlyMap<string, unknown>;
}

/** Runs a suite under a runner of its own, one test after the other, and tells how it went instead of failing. */
export async function recordSuite(declare: (runner: ContractRunner) => void): Promise<SuiteRecord> {
  const path: string[] = [];
  const tests: { title: string; body: () => Promise<void> }[] = [];
  const passed: string[] = [];
  const skipped: string[] = [];
  const failed = new Map<string, unknown>();
  const whole = (title: string): string => [...path, title].join(" > ");
  declare({
    describe(title, body) {
      path.push(title);
      body();
      path.pop();
    },
    it(title, body) {
      tests.push({ title: whole(title), body });
    },
    skip(title) {
      skipped.push(whole(title));
    },
  });
  for (const { title, body } of tests) {
    try {
      await body();
      passed.push(title);
    } catch (error) {
      failed.set(title, error);
    }
  }
  return { passed, skipped, failed };
}
