import { expect, it } from "vitest";
import { ManualClock, MemoryLogger, openMemory } from "../../../src/adapters/memory/index.ts";
import { missingText } from "../../../src/domain/context/missing-data.ts";
import type { ConnectionId } from "../../../src/domain/market/batch.ts";
import type { Gap } from "../../../src/domain/stream/gap.ts";
import { connectionPast } from "../../../src/workers/source/connection-past.ts";
import { CONNECTION_GAUGES } from "../../support/context/connection-gauges.ts";

const CONNECTION: ConnectionId = { class: "options", shard: 0 };
const LOST: Gap = {
  connection: "options/0",
  fromAtMs: 1_766_437_799_000,
  toAtMs: undefined,
  cause: "unsubscribed",
  scope: "instruments",
  instruments: ["O:SPXW251223P06870000"],
};

/** A connection whose last run left this behind. */
async function leftWith(missing: string | null) {
  const clock = new ManualClock();
  const { sourceStatus, log } = openMemory({ clock });
  await sourceStatus.putConnection(CONNECTION, { ...CONNECTION_GAUGES, missing });
  return { clock, logger: new MemoryLogger(), log, sourceStatus };
}

/** What was appended last came at `atMs`. */
function lastAt(atMs: number) {
  return { connectionTail: async () => ({ epoch: 7, receivedAtMs: atMs }) };
}

it("is the gaps that the run before left open", async () => {
  const ports = { ...(await leftWith(missingText([LOST]))), log: lastAt(1_766_437_800_000) };
  const past = await connectionPast(CONNECTION, ports, new AbortController().signal);
  expect(past).toEqual({ afterEpoch: 7, absentSinceAtMs: 1_766_437_800_000, untold: [LOST] });
});

it("does not wait for what it lacked where no receipt is known that this could end at", async () => {
  const ports = { ...(await leftWith(null)), sourceStatus: { connectionGauges: () => new Promise<null>(() => {}) } };
  const nothing = { afterEpoch: undefined, absentSinceAtMs: undefined, untold: [] };
  expect(await connectionPast(CONNECTION, ports, new AbortController().signal)).toEqual(nothing);
  const { clock, logger, sourceStatus } = ports;
  expect(await connectionPast(CONNECTION, { clock, logger, sourceStatus }, new AbortController().signal)).toEqual(
    nothing,
  );
});

it("is none where the run before lacked nothing, or nobody knows", async () => {
  const { signal } = new AbortController();
  const nothing = { afterEpoch: undefined, absentSinceAtMs: undefined, untold: [] };
  const { clock, logger, ...stores } = await leftWith(null);
  expect(await connectionPast(CONNECTION, { clock, logger, ...stores }, signal)).toEqual(nothing);
  expect(await connectionPast(CONNECTION, { clock, logger }, signal)).toEqual(nothing);
});

it("is unknown to a run that is stopped before it was read", async () => {
  expect(await connectionPast(CONNECTION, await leftWith(null), AbortSignal.abort())).toBeUndefined();
});
