import { StrikewireError } from "../errors.ts";

/** What is wrong with one setting. Never holds a secret. */
export interface ConfigProblem {
  /** As the user wrote it: `MASSIVE_WS_QUOTE_CAP` in the environment, `wsQuoteCap` in code and files. */
  readonly name: string;
  /** The value as text, cut to 200 characters; `(not shown)` where it is or may hold a secret. Says so of a default. */
  readonly given: string;
  /** What is allowed, in words that complete "must be". */
  readonly allowed: string;
}

/** A configuration cannot be used; says everything that is wrong with it. */
export class ConfigError extends StrikewireError {
  /** At least one. */
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ name, allowed, given }) => `  ${name} must be ${allowed}, current value is ${given}`);
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super("STRIKEWIRE_CONFIG", [`Cannot use the configuration: ${count}`, ...lines].join("\n"));
    this.problems = problems;
  }
}
