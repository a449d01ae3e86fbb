import {
  type ChainAnalytics,
  type ChainCompletion,
  type ChainContract,
  type ChainContractId,
  type ChainHealthCounts,
  type ChainSnapshot,
  type ChainTrail,
  chainCompletionSchema,
  chainContractName,
} from "../../domain/context/chain.ts";
import { checkedMessage } from "../../domain/context/message.ts";
import type { TrailPoint } from "../../domain/context/trail.ts";
import type { ChainStore } from "../../ports/chain-store.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import { assertSeq, assertSymbol } from "../context-arguments.ts";
import { PortClient } from "../port-client.ts";
import type { ChainTable } from "./chain-table.ts";
import { type MemoryDatabase, tablesOf } from "./database.ts";

/** A client of a database's option chains. The snapshots it returns are frozen. */
export class MemoryChainStore extends PortClient implements ChainStore {
  readonly #chain: ChainTable;

  constructor(database: MemoryDatabase) {
    super();
    this.#chain = tablesOf(database).chain;
  }

  async putContracts(contracts: readonly ChainContract[]): Promise<void> {
    this.assertOpen("store contracts of a chain");
    const named = contracts.map(({ id, json }) => ({ name: chainContractName(id), json }));
    for (const { name, json } of named) this.#chain.contracts.put(name, json);
  }

  async contracts(ids: readonly ChainContractId[]): Promise<readonly (string | null)[]> {
    this.assertOpen("read contracts of a chain");
    return ids.map((id) => this.#chain.contracts.get(chainContractName(id)));
  }

  async complete(producer: ProducerId, seq: number, completion: ChainCompletion): Promise<"stored" | "already"> {
    const action = "complete a chain fetch";
    this.assertOpen(action);
    assertSeq(action, seq);
    return this.#chain.complete(producer, seq, checkedMessage(action, chainCompletionSchema, completion));
  }

  async fail(producer: ProducerId, seq: number, symbol: string): Promise<"stored" | "already"> {
    const action = "count a failed chain fetch";
    this.assertOpen(action);
    assertSeq(action, seq);
    assertSymbol(action, symbol);
    return this.#chain.fail(producer, seq, symbol);
  }

  async storedSeq(producer: ProducerId): Promise<number> {
    this.assertOpen("read a producer's stored sequence");
    return this.#chain.storedSeq(producer);
  }

  async latest(symbol: string): Promise<ChainSnapshot | null> {
    this.assertOpen("read a chain snapshot");
    return this.#chain.latest(symbol);
  }

  async analytics(): Promise<ChainAnalytics> {
    this.assertOpen("read the chain analytics");
    return this.#chain.analytics();
  }

  async health(): Promise<ChainHealthCounts> {
    this.assertOpen("read the health of chains");
    return this.#chain.health();
  }

  async trail(figure: ChainTrail, symbol: string): Promise<readonly TrailPoint[]> {
    this.assertOpen("read a chain trail");
    return this.#chain.trail(figure, symbol);
  }
}
