import { type ConnectionId, connectionName } from "../../../src/domain/market/batch.ts";
import type { Between } from "./shapes.ts";
import type { SourceCommand } from "./source-commands.ts";
import type { Worlds } from "./worlds.ts";

/** The ports of source status and wanted topics of both worlds, and when they were written. */
export class SourceRun {
  readonly #worlds: Worlds;
  /** The last sequence stored, and when it was, by producer. */
  readonly recorded: Map<string, { readonly seq: number; readonly during: Between }> = new Map();
  /** When gauges were last written, by name. */
  readonly connections: Map<string, { readonly connection: ConnectionId; readonly during: Between }> = new Map();

  constructor(worlds: Worlds) {
    this.#worlds = worlds;
  }

  async run(command: SourceCommand): Promise<void> {
    const { op, client } = command;
    const worlds = this.#worlds;
    const lostOf = (script: string): string | undefined => ("lost" in command && command.lost ? script : undefined);
    switch (op) {
      case "record": {
        const { producer, ahead, counts, gauges } = command;
        const seq = (this.recorded.get(producer)?.seq ?? 0) + ahead;
        const replies = await worlds.call(
          client,
          op,
          (ports) => ports.sourceStatus.record(producer, seq, counts, gauges),
          { lost: lostOf("record-source-status") },
        );
        if (replies.includes("stored")) this.recorded.set(producer, { seq, during: worlds.during });
        return;
      }
      case "putConnection": {
        const { connection, gauges } = command;
        const lost = lostOf("put-connection");
        const replies = await worlds.call(client, op, (ports) => ports.sourceStatus.putConnection(connection, gauges), {
          lost,
        });
        if (replies.length === 0) return;
        this.connections.set(connectionName(connection), { connection, during: worlds.during });
        return;
      }
      case "putSample": {
        const lost = lostOf("put-text");
        await worlds.call(client, op, (ports) => ports.sourceStatus.putSample(command.payload), { lost });
        return;
      }
      case "change": {
        const lost = lostOf("change-subscriptions");
        await worlds.call(client, op, (ports) => ports.subscriptions.change(command.change), { lost });
        return;
      }
      case "readStatus":
        await worlds.call(client, "counters", (ports) => ports.sourceStatus.counters());
        await worlds.call(client, "gauges", (ports) => ports.sourceStatus.gauges());
        await worlds.call(client, "sample", (ports) => ports.sourceStatus.sample());
        await worlds.call(client, "connection", (ports) => ports.sourceStatus.connectionGauges(command.connection));
        return;
      case "wanted":
        await worlds.call(client, op, (ports) => ports.subscriptions.wanted(), {
          comparable: (wanted) => [...wanted].sort(),
        });
        return;
    }
  }
}
