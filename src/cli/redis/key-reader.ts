import {
  REDIS_KEYS,
  type RedisConnection,
  type RedisKeyName,
  type RedisKeys,
  type RedisKeyType,
} from "../../adapters/redis/index.ts";

/** A command on one key: its name, then what follows the key. */
export type KeyCommand = readonly [name: string, ...args: (string | number)[]];

/** What is to be read of one key. */
export interface KeyReading {
  readonly key: string;
  readonly type: RedisKeyType;
  readonly commands: readonly KeyCommand[];
}

/** Something under one of our keys that is not ours. Names are those of the JSON document. */
export interface KeyProblem {
  readonly key: string;
  readonly problem: string;
}

/** What to read of a key; `name` tells its type. */
export function reading(key: string, name: RedisKeyName, ...commands: KeyCommand[]): KeyReading {
  return { key, type: REDIS_KEYS[name].type, commands };
}

/** Reads keys that may be missing or hold what is not ours, and never writes. */
export class KeyReader {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly #problems = new Map<string, string>();

  constructor(connection: RedisConnection) {
    this.connection = connection;
    this.keys = connection.keys;
  }

  /** What was found under our keys that is not ours, in the order in which it was found. */
  get problems(): readonly KeyProblem[] {
    return Array.from(this.#problems, ([key, problem]) => ({ key, problem }));
  }

  addProblem(key: string, problem: string): void {
    if (!this.#problems.has(key)) this.#problems.set(key, problem);
  }

  /**
   * Reads keys, but for those that are missing or of another type: their answer is `undefined`, and a wrong type is a
   * problem. Others may write in between: a transaction would not run on a server that is full.
   *
   * @returns for each reading the answers to its commands.
   */
  async read(action: string, readings: readonly KeyReading[]): Promise<readonly (readonly unknown[] | undefined)[]> {
    if (readings.length === 0) return [];
    const types = await this.connection.commands(
      action,
      readings.map(({ key }) => ["TYPE", key] as const),
    );
    const isReadable = readings.map(({ key, type }, index) => {
      const found = types[index];
      if (found !== type && found !== "none") this.addProblem(key, `must hold a ${type}, holds a ${String(found)}`);
      return found === type;
    });
    const readable = readings.filter((_, index) => isReadable[index]);
    if (readable.length === 0) return readings.map(() => undefined);
    const answers = await this.connection.commands(
      action,
      readable.flatMap(({ key, commands }) => commands.map(([name, ...args]) => placed(name, key, args))),
    );
    let next = 0;
    return readings.map(({ commands }, index) => {
      if (!isReadable[index]) return undefined;
      next += commands.length;
      return answers.slice(next - commands.length, next);
    });
  }
}

/** The key stands behind the subcommand where there is one. */
function placed(
  name: string,
  key: string,
  args: readonly (string | number)[],
): readonly [string, ...(string | number)[]] {
  const [command = "", subcommand] = name.split(" ");
  return subcommand === undefined ? [command, key, ...args] : [command, subcommand, key, ...args];
}
