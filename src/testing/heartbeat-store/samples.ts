import type { Heartbeat } from "../../domain/context/heartbeat.ts";
import { SAMPLE_TIME_MS } from "../samples.ts";

export function sampleHeartbeat(overrides: Partial<Heartbeat> = {}): Heartbeat {
  return {
    worker: "chain/SPX",
    host: "host-1.example",
    pid: 4_242,
    ts: SAMPLE_TIME_MS / 1_000,
    status: "degraded",
    reason: "429 é€😀",
    started_ts: SAMPLE_TIME_MS / 1_000 - 3_600.5,
    detail: { retries: 3, share: 0.1 + 0.2, cooling: true, last_error: "429", next: null },
    ...overrides,
  };
}
