import type { ReplayFlags } from "./replay-command.ts";
import { isSameFile } from "./same-file.ts";

/** What goes only with another option. */
const NEEDS = [
  ["prefix", "redis"],
  ["intoLive", "redis"],
  ["stream", "fromRedis"],
  ["fromPrefix", "fromRedis"],
  ["toFile", "fromRedis"],
] as const satisfies readonly (readonly [keyof ReplayFlags, keyof ReplayFlags])[];

/** What goes with frames only. */
const NOT_WITH_SPOTS = ["quarantine", "strict", "class"] as const;

/** What a copy into a file has no use for: it is verbatim. */
const NOT_WITH_TO_FILE = ["redis", "speed", "from", "to", "quarantine", "strict", "class"] as const;

/**
 * What is wrong with options that are fine one by one; `undefined` where nothing is.
 *
 * @param isGiven whether an option stands on the command line.
 */
export async function replayUsageError(
  file: string | undefined,
  flags: ReplayFlags,
  isGiven: (name: keyof ReplayFlags) => boolean,
): Promise<string | undefined> {
  const { from, to, quarantine, stream } = flags;
  if (file === undefined && !isGiven("fromRedis")) return "missing required argument 'file', or option '--from-redis'";
  if (file !== undefined && isGiven("fromRedis")) {
    return `option '--from-redis' cannot be used with a file, current value is '${file}'`;
  }
  for (const [name, needed] of NEEDS) {
    if (isGiven(name) && !isGiven(needed)) return `option '${spelled(name)}' needs option '${spelled(needed)}'`;
  }
  if (isGiven("toFile")) {
    const wrong = NOT_WITH_TO_FILE.find(isGiven);
    if (wrong !== undefined) return `option '${spelled(wrong)}' cannot be used with option '--to-file', which copies`;
  } else if (stream === "massive:spot:stream") {
    const wrong = NOT_WITH_SPOTS.find(isGiven);
    if (wrong !== undefined) return `option '${spelled(wrong)}' cannot be used with ${stream}, which holds no frames`;
  }
  if (from !== undefined && to !== undefined && from >= to) {
    return `option '--to' must be later than '--from' (${from} ms), current value is ${to} ms`;
  }
  if (file !== undefined && quarantine !== undefined && (await isSameFile(file, quarantine))) {
    return `option '--quarantine' must name another file than the recording, current value is '${quarantine}'`;
  }
  return undefined;
}

function spelled(name: keyof ReplayFlags): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
