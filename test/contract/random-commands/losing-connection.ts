import { type RedisCommand, RedisConnection } from "../../../src/adapters/redis/connection.ts";
import type { RedisScript } from "../../../src/adapters/redis/script.ts";
import { UnavailableError } from "../../../src/domain/errors.ts";

/** A connection on which one reply can be lost: what was sent took effect, and whoever sent it is not told. */
export class LosingConnection extends RedisConnection {
  #loses: string | undefined;

  /** Loses the next reply to the script of this name, or to a `transaction`, until `keep()`. */
  lose(name: string): void {
    this.#loses = name;
  }

  keep(): void {
    this.#loses = undefined;
  }

  override async transaction(action: string, commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
    return this.#told(action, "transaction", await super.transaction(action, commands));
  }

  override async run(
    action: string,
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    return this.#told(action, script.name, await super.run(action, script, keys, args));
  }

  #told<Answer>(action: string, name: string, answer: Answer): Answer {
    if (name !== this.#loses || isRunAgain(answer)) return answer;
    this.keep();
    throw new UnavailableError(`Cannot ${action}: Redis at ${this.label} must answer, its answer was lost`);
  }
}

/** Whether a script left something as it was because others were faster: whoever ran it runs it again. */
function isRunAgain(answer: unknown): boolean {
  if (!Array.isArray(answer)) return false;
  const [outcome, , changed]: readonly unknown[] = answer;
  return outcome === "unprepared" || (Array.isArray(changed) && changed.length > 0);
}
