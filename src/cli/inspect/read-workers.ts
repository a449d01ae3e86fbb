import { fieldsOf } from "../../adapters/redis/raw-entry-coding.ts";
import { heartbeatSchema } from "../../domain/context/heartbeat.ts";
import { type KeyReader, reading } from "../redis/key-reader.ts";
import { ageOf, leftOf, numberOf, textsOf } from "./figures.ts";
import type { HeartbeatState, ModelState } from "./inspection.ts";
import { parsedJson } from "./parsed-json.ts";

const SYMBOL_MODELS = ["heatmap", "gex"];

/**
 * The models that were ever built, as their analytics name them, and the usual ones of some symbols where they are there;
 * by model and symbol.
 */
export async function readModels(
  reader: KeyReader,
  symbols: readonly string[],
  nowMs: number,
): Promise<readonly ModelState[]> {
  const { keys } = reader;
  const action = "look at the models";
  const [analytics] = await reader.read(action, [reading(keys.of("modelAnalytics"), "modelAnalytics", ["HGETALL"])]);
  const figures = fieldsOf(textsOf(analytics));
  const usual = symbols.flatMap((symbol) => SYMBOL_MODELS.map((model) => `${model}:${symbol}`));
  const built = new Set(Object.keys(figures).flatMap((field) => /^([^:]+:.+):\w+$/.exec(field)?.[1] ?? []));
  const all = [...new Set([...usual, ...built])].sort();
  const found = await reader.read(
    action,
    all.map((name) => {
      const [model = "", symbol = ""] = name.split(":");
      return reading(keys.of("model", { model, SYMBOL: symbol }), "model", ["PTTL"]);
    }),
  );
  return all.flatMap((name, index): readonly ModelState[] => {
    const answers = found[index];
    if (answers === undefined && !built.has(name)) return [];
    const [model = "", symbol = ""] = name.split(":");
    return [
      {
        model,
        symbol,
        left_ms: leftOf(answers?.[0]),
        built_age_ms: ageOf(figures[`${name}:last_ts`], nowMs),
        builds: numberOf(figures[`${name}:builds`]),
        skipped_stale: numberOf(figures[`${name}:skipped_stale`]),
        errors: numberOf(figures[`${name}:errors`]),
      },
    ];
  });
}

/** The workers that the index of heartbeats names, by name. */
export async function readHeartbeats(reader: KeyReader, nowMs: number): Promise<readonly HeartbeatState[]> {
  const { keys } = reader;
  const action = "look at the heartbeats";
  const [index] = await reader.read(action, [reading(keys.of("heartbeats"), "heartbeats", ["ZRANGE", 0, -1])]);
  const workers = [...textsOf(index)].sort();
  const found = await reader.read(
    action,
    workers.map((worker) => reading(keys.of("heartbeat", { worker }), "heartbeat", ["GET"])),
  );
  return workers.flatMap((worker, place): readonly HeartbeatState[] => {
    const json = found[place]?.[0];
    if (typeof json !== "string") {
      return [{ worker, status: "silent", reason: null, host: null, pid: null, age_ms: null, up_ms: null }];
    }
    const beat = heartbeatSchema.safeParse(parsedJson(json)).data;
    if (beat === undefined) {
      reader.addProblem(keys.of("heartbeat", { worker }), "must hold a heartbeat, holds something else");
      return [];
    }
    const { reason, host, pid, ts, started_ts, detail } = beat;
    const status = detail["stopped"] === true ? "stopped" : beat.status;
    const ageMs = (seconds: number): number => Math.round(nowMs - seconds * 1_000);
    return [{ worker, status, reason, host, pid, age_ms: ageMs(ts), up_ms: ageMs(started_ts) }];
  });
}
