import fc from "fast-check";
import {
  type ConnectionGauges,
  SOURCE_COUNTERS,
  type SourceCounters,
  type SourceGauges,
} from "../../../src/domain/context/source-status.ts";
import type { ConnectionId } from "../../../src/domain/market/batch.ts";
import type { SubscriptionChange } from "../../../src/ports/subscription-store.ts";
import { SAMPLE_TIME_MS } from "../../../src/testing/samples.ts";
import { sampleConnectionGauges, sampleSourceGauges } from "../../../src/testing/source-status-store/samples.ts";
import { instants, maybe } from "./hydration-commands.ts";
import { clients, losses } from "./raw-log-commands.ts";
import type { Client } from "./worlds.ts";

interface Common {
  readonly client: Client;
}

interface Lossy extends Common {
  readonly lost: boolean;
}

/** A call of the ports of source status and wanted topics. */
export type SourceCommand =
  | (Lossy & {
      readonly op: "record";
      readonly producer: string;
      /** Sequence minus the stored one: 1 goes on, less repeats. */
      readonly ahead: number;
      readonly counts: SourceCounters;
      readonly gauges: SourceGauges;
    })
  | (Lossy & { readonly op: "putConnection"; readonly connection: ConnectionId; readonly gauges: ConnectionGauges })
  | (Lossy & { readonly op: "putSample"; readonly payload: string })
  | (Lossy & { readonly op: "change"; readonly change: SubscriptionChange })
  | (Common & { readonly op: "readStatus"; readonly connection: ConnectionId })
  | (Common & { readonly op: "wanted" });

const lossy = { client: clients, lost: losses };
const numbers = fc.constantFrom(0, 1.5, 0.1 + 0.2, 1e21, 5e-324);
/** Unix seconds. */
const seconds = fc.nat(5).map((step) => SAMPLE_TIME_MS / 1_000 + step / 4);
const connections = fc.record({
  class: fc.constantFrom("options" as const, "stocks" as const),
  shard: fc.oneof({ weight: 12, arbitrary: fc.nat(1) }, fc.constant(-1)),
});

const counts = fc.uniqueArray(fc.constantFrom(...SOURCE_COUNTERS), { maxLength: 4 }).chain((names) =>
  fc
    .array(fc.oneof({ weight: 12, arbitrary: fc.nat(900) }, fc.constant(0.5)), {
      minLength: names.length,
      maxLength: names.length,
    })
    .map(
      (increments): SourceCounters => Object.fromEntries(names.map((name, index) => [name, increments[index] ?? 0])),
    ),
);
const sourceGauges = fc
  .record({
    subs_wanted: fc.nat(900),
    coverage: maybe(numbers),
    last_event_ts: maybe(seconds),
    watermark_ns: maybe(instants.map(String)),
  })
  .map((gauges) => sampleSourceGauges(gauges));
const connectionGauges = fc
  .record({
    state: fc.constantFrom("streaming", "backingOff", ""),
    connection_epoch: fc.nat(900),
    queue_ms: fc.oneof({ weight: 12, arbitrary: numbers }, fc.constant(-1)),
    lag_ms: maybe(fc.constantFrom(-0, -2.5, 7)),
    last_close_code: maybe(fc.constantFrom(1_000, 1_006)),
    last_status: maybe(fc.constantFrom("auth_success", "é€😀", "")),
    last_ts: maybe(seconds),
  })
  .map((gauges) => sampleConnectionGauges(gauges));
const topics = fc.array(
  fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom("T.*", "T.A", "T.B", "Q.A", "Q.B", "Q.b", "T.O:SPXW251223P06870000") },
    { weight: 1, arbitrary: fc.constant("T") },
  ),
  { maxLength: 5 },
);

export const sourceCommands: fc.Arbitrary<SourceCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant("record" as const),
      ...lossy,
      producer: fc.constantFrom("options/0", "ws"),
      ahead: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.constantFrom(0, -2, 3, 0.5)),
      counts,
      gauges: sourceGauges,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("putConnection" as const),
      ...lossy,
      connection: connections,
      gauges: connectionGauges,
    }),
  },
  fc.record({
    op: fc.constant("putSample" as const),
    ...lossy,
    payload: fc.constantFrom("", "[]", '[{"p":7.70,"x":"é€😀"}]'),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant("change" as const),
      ...lossy,
      change: fc.record({ added: topics, removed: topics }),
    }),
  },
  fc.record({ op: fc.constant("readStatus" as const), client: clients, connection: connections }),
  fc.record({ op: fc.constant("wanted" as const), client: clients }),
);
