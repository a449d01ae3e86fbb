import { chainContractName } from "../../../src/domain/context/chain.ts";
import { CURSOR_START } from "../../../src/domain/stream/cursor.ts";
import type { ContextCommand } from "./context-commands.ts";
import type { Between } from "./shapes.ts";
import type { CallOptions, Ports, Worlds } from "./worlds.ts";

/** More than is ever stored here. */
const ALL = 10_000;

/** The ports of spot values, chains, models, heartbeats and flow snapshots of both worlds, and when they were written. */
export class ContextRun {
  readonly #worlds: Worlds;
  /** When texts with a lifetime were last written, by name. */
  readonly contractsAt: Map<string, Between> = new Map();
  readonly modelsAt: Map<string, Between> = new Map();
  /** Tickets for models: those that were given, and what has to be in the key of them. */
  readonly #tickets: number[] = [];
  readonly ticketFields: Map<string, number> = new Map();
  readonly flowsAt: Map<string, Between> = new Map();
  readonly gridsAt: Map<string, Between> = new Map();
  /** When heartbeats end, by worker. */
  readonly beatsUntil: Map<string, Between> = new Map();
  /** The texts of contracts, by name. */
  readonly contracts: Map<string, string> = new Map();

  constructor(worlds: Worlds) {
    this.#worlds = worlds;
  }

  async run(command: ContextCommand): Promise<void> {
    const { op, client } = command;
    const worlds = this.#worlds;
    const { chain, spot } = worlds.memory;
    /** Makes a call that changes something. @returns whether it was not refused. */
    const change = async (
      script: string,
      call: Parameters<Worlds["call"]>[2],
      options: CallOptions<unknown> = {},
    ): Promise<boolean> => {
      const lost = "lost" in command && command.lost ? script : undefined;
      return (await worlds.call(client, op, call, { lost, ...options })).length > 0;
    };
    switch (op) {
      case "putSpot": {
        const seq = (await spot.storedSeq(command.producer)) + command.ahead;
        const log = worlds.redis.keys.of("spotStream");
        await change("put-spot-fetch", (ports) => ports.spot.put(command.producer, seq, command.fetch), {
          doneAtMs: () => worlds.redis.lastEntryMs(log),
        });
        return;
      }
      case "failSpot": {
        const seq = (await spot.storedSeq(command.producer)) + command.ahead;
        await change("fail-spot-fetch", (ports) => ports.spot.fail(command.producer, seq));
        return;
      }
      case "completeChain": {
        const seq = (await chain.storedSeq(command.producer)) + command.ahead;
        await change("complete-chain-fetch", (ports) =>
          ports.chain.complete(command.producer, seq, command.completion),
        );
        return;
      }
      case "failChain": {
        const seq = (await chain.storedSeq(command.producer)) + command.ahead;
        await change("fail-chain-fetch", (ports) => ports.chain.fail(command.producer, seq, command.symbol));
        return;
      }
      case "putContracts": {
        if (!(await change("put-contracts", (ports) => ports.chain.putContracts(command.contracts)))) return;
        for (const { id, json } of command.contracts) {
          this.contracts.set(chainContractName(id), json);
          this.contractsAt.set(chainContractName(id), worlds.during);
        }
        return;
      }
      case "takeTicket": {
        const [ticket = 0] = await worlds.call(client, op, (ports) => ports.models.takeTicket());
        this.#tickets.push(ticket);
        this.ticketFields.set("last", ticket);
        return;
      }
      case "putModel": {
        const { model, symbol, message, lost } = command;
        const name = `${model}:${symbol}`;
        const last = this.ticketFields.get("last") ?? 0;
        const ticket = command.ticket === undefined ? undefined : (this.#tickets[command.ticket] ?? last + 1);
        const put = (ports: Ports) => ports.models.put(model, symbol, message, ticket);
        const outcomes = await worlds.call(client, op, put, { lost: lost ? "put-model" : undefined });
        if (!outcomes.includes("stored")) return;
        this.modelsAt.set(name, worlds.during);
        if (ticket === undefined) this.ticketFields.set("last", last + outcomes.length);
        this.ticketFields.set(name, ticket ?? last + outcomes.length);
        return;
      }
      case "putAnalytics": {
        const { model, symbol, analytics } = command;
        await change("transaction", (ports) => ports.models.putAnalytics(model, symbol, analytics));
        return;
      }
      case "beat": {
        const { heartbeat, ttlMs } = command;
        const isStored = await change("beat", (ports) => ports.heartbeats.beat(heartbeat, ttlMs));
        if (isStored) this.beatsUntil.set(heartbeat.worker, worlds.during.plus(ttlMs ?? 15_000));
        return;
      }
      case "putFlow":
        await change("transaction", (ports) => ports.snapshots.putFlow(command.flow));
        this.flowsAt.set(command.flow.underlying, worlds.during);
        return;
      case "putGrid": {
        const { underlying, expiration } = command.grid;
        await change("transaction", (ports) => ports.snapshots.putGrid(command.grid));
        this.gridsAt.set(`${underlying}:${expiration}`, worlds.during);
        return;
      }
      case "readSpot": {
        const { symbol, producer } = command;
        await worlds.call(client, "latest spot", (ports) => ports.spot.latest(symbol));
        await worlds.call(client, "all spots", (ports) => ports.spot.all());
        await worlds.call(client, "spot trail", (ports) => ports.spot.trail(symbol));
        await worlds.call(client, "spot analytics", (ports) => ports.spot.analytics());
        await worlds.call(client, "spot sequence", (ports) => ports.spot.storedSeq(producer));
        return;
      }
      case "readChain": {
        const { symbol, producer } = command;
        await worlds.call(client, "latest chain", (ports) => ports.chain.latest(symbol));
        await worlds.call(client, "chain analytics", (ports) => ports.chain.analytics());
        await worlds.call(client, "chain health", (ports) => ports.chain.health());
        await worlds.call(client, "chain sequence", (ports) => ports.chain.storedSeq(producer));
        return;
      }
      case "fetches": {
        const { fromLast, limit } = command;
        const after = (await spot.fetches(CURSOR_START, ALL)).at(-1 - fromLast)?.cursor ?? CURSOR_START;
        await worlds.call(client, op, (ports) => ports.spot.fetches(after, limit));
        return;
      }
      case "trail":
        await worlds.call(client, op, (ports) => ports.chain.trail(command.figure, command.symbol));
        return;
      case "contracts": {
        const ids = command.contracts.map(({ id }) => id);
        await worlds.call(client, op, (ports) => ports.chain.contracts(ids));
        return;
      }
      case "readModel": {
        const { model, symbol } = command;
        await worlds.call(client, "latest model", (ports) => ports.models.latest(model, symbol));
        await worlds.call(client, "model analytics", (ports) => ports.models.analytics(model, symbol));
        return;
      }
      case "beats":
        await worlds.call(client, op, (ports) => ports.heartbeats.all());
        return;
      case "readFlow": {
        const { underlying, expiration } = command;
        await worlds.call(client, "flow", (ports) => ports.snapshots.flow(underlying));
        await worlds.call(client, "grid", (ports) => ports.snapshots.grid(underlying, expiration));
        return;
      }
    }
  }
}
