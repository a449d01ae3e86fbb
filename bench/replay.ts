import { captureOf, generatedFrames } from "./generated-frames.ts";
import { replayInMemory } from "./replay-in-memory.ts";
import { type BenchResult, median, seconds } from "./result.ts";

const BYTES = 120_000_000;
const ROUNDS = 5;
const TARGET = 0.4;

/** A whole replay into memory, held against `JSON.parse` of the same frames. */
export async function benchReplay(): Promise<readonly BenchResult[]> {
  const frames = [...generatedFrames(1, BYTES)];
  const parseAll = (): void => {
    for (const { payload } of frames) JSON.parse(payload);
  };
  let events = 0;
  const replayAll = async (): Promise<void> => {
    events = await replayInMemory(captureOf(frames), 1_000);
  };
  parseAll();
  await replayAll();
  const parse: number[] = [];
  const replay: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const parsed = await seconds(parseAll);
    const replayed = await seconds(replayAll);
    parse.push(parsed);
    replay.push(replayed);
    ratios.push(parsed / replayed);
  }
  const ratio = median(ratios);
  const perSecond = (duration: number): string => `${(events / duration / 1e6).toFixed(2)} M events/s`;
  return [
    {
      path: "replay at full speed, capture to hydrated memory",
      measured: `${ratio.toFixed(2)} x (${perSecond(median(replay))})`,
      yardstick: `JSON.parse of the same frames (${perSecond(median(parse))})`,
      target: `${TARGET} x`,
      reached: ratio >= TARGET,
    },
  ];
}
