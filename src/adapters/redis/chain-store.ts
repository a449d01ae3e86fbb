import { CHANNELS } from "../../domain/channels.ts";
import {
  CHAIN_HEALTH,
  type ChainAnalytics,
  type ChainCompletion,
  type ChainContract,
  type ChainContractId,
  type ChainHealth,
  type ChainHealthCounts,
  type ChainSnapshot,
  type ChainTrail,
  chainAnnouncement,
  chainCompletionSchema,
  chainContractName,
  chainFigures,
  chainSnapshotSchema,
} from "../../domain/context/chain.ts";
import { checkedMessage } from "../../domain/context/message.ts";
import { type TrailPoint, trailMember } from "../../domain/context/trail.ts";
import type { ChainStore } from "../../ports/chain-store.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import { assertSeq, assertSymbol } from "../context-arguments.ts";
import { CountedFields, readSeq, readTrail } from "./context-fields.ts";
import { readJson } from "./json-value.ts";
import { fieldsOf } from "./raw-entry-coding.ts";
import { RedisClient } from "./redis-client.ts";
import { valueError } from "./reply-errors.ts";
import { COMPLETE_CHAIN_FETCH } from "./scripts/complete-chain-fetch.ts";
import { FAIL_CHAIN_FETCH } from "./scripts/fail-chain-fetch.ts";
import { PUT_CONTRACTS } from "./scripts/put-contracts.ts";
import { READ_CONTRACTS } from "./scripts/read-contracts.ts";
import { slices } from "./slices.ts";

const CONTRACT_LIFE_MS = 300_000;
/** More would keep other clients of the server waiting. */
const CONTRACTS_PER_SCRIPT = 500;
const LAST = ":last";

/** Contracts and snapshots as strings, trails as sorted sets, counts in hashes; the end of a fetch is one script. */
export class RedisChainStore extends RedisClient implements ChainStore {
  async putContracts(contracts: readonly ChainContract[]): Promise<void> {
    const action = "store contracts of a chain";
    this.assertOpen(action);
    const named = contracts.map(({ id, json }) => ({ key: this.#contractKey(id), json }));
    for (const part of slices(named, CONTRACTS_PER_SCRIPT)) {
      const names = part.map(({ key }) => key);
      await this.run(action, PUT_CONTRACTS, names, [CONTRACT_LIFE_MS, ...part.map(({ json }) => json)]);
    }
  }

  async contracts(ids: readonly ChainContractId[]): Promise<readonly (string | null)[]> {
    const action = "read contracts of a chain";
    this.assertOpen(action);
    const names = ids.map((id) => this.#contractKey(id));
    const texts: (string | null)[] = [];
    for (const part of slices(names, CONTRACTS_PER_SCRIPT)) {
      texts.push(...((await this.run(action, READ_CONTRACTS, part, [])) as readonly (string | null)[]));
    }
    return texts;
  }

  async complete(producer: ProducerId, seq: number, completion: ChainCompletion): Promise<"stored" | "already"> {
    const action = "complete a chain fetch";
    this.assertOpen(action);
    assertSeq(action, seq);
    const checked = checkedMessage(action, chainCompletionSchema, completion);
    const { snapshot, slaViolated, promotion, publishFailures } = checked;
    const { symbol, ts } = snapshot;
    const { keys } = this;
    const figures = [...chainFigures(checked)];
    const names = [
      keys.of("chainAnalytics"),
      keys.of("chainHealth"),
      keys.of("chainLatest", { SYMBOL: symbol }),
      ...figures.map(([figure]) => keys.of("chainTrail", { figure, SYMBOL: symbol })),
    ];
    const args = [
      producer,
      seq,
      symbol,
      snapshot.health,
      ts,
      snapshot.latency_ms,
      snapshot.contracts,
      publishFailures,
      slaViolated ? 1 : 0,
      promotion === "none" ? 0 : 1,
      promotion === "forced" ? 1 : 0,
      JSON.stringify(snapshot),
      keys.channel(CHANNELS.chainSnapshot),
      JSON.stringify(chainAnnouncement(snapshot)),
      ...figures.map(([, value]) => trailMember({ ts, value })),
    ];
    return (await this.run(action, COMPLETE_CHAIN_FETCH, names, args)) === 1 ? "stored" : "already";
  }

  async fail(producer: ProducerId, seq: number, symbol: string): Promise<"stored" | "already"> {
    const action = "count a failed chain fetch";
    this.assertOpen(action);
    assertSeq(action, seq);
    assertSymbol(action, symbol);
    const names = [this.keys.of("chainAnalytics"), this.keys.of("chainHealth")];
    return (await this.run(action, FAIL_CHAIN_FETCH, names, [producer, seq, symbol])) === 1 ? "stored" : "already";
  }

  async storedSeq(producer: ProducerId): Promise<number> {
    const action = "read a producer's stored sequence";
    const key = this.keys.of("chainAnalytics");
    return readSeq(action, key, producer, await this.command(action, "HGET", key, `seq:${producer}`));
  }

  async latest(symbol: string): Promise<ChainSnapshot | null> {
    const action = "read a chain snapshot";
    const key = this.keys.of("chainLatest", { SYMBOL: symbol });
    const json = await this.command(action, "GET", key);
    return typeof json === "string" ? readJson(action, key, "a chain snapshot", chainSnapshotSchema, json) : null;
  }

  async analytics(): Promise<ChainAnalytics> {
    const action = "read the chain analytics";
    const key = this.keys.of("chainAnalytics");
    const fields = fieldsOf((await this.command(action, "HGETALL", key)) as readonly string[]);
    const counted = new CountedFields(action, key, fields);
    return {
      runs: counted.count("runs"),
      errors: counted.count("errors"),
      total_snapshots: counted.count("total_snapshots"),
      total_contracts: counted.count("total_contracts"),
      total_fetch_latency_ms: counted.count("total_fetch_latency_ms"),
      last_snapshot_ts: counted.gauge("last_snapshot_ts"),
      latency_last_ms: counted.gauge("latency_last_ms"),
      publish_success: counted.count("publish_success"),
      publish_failures: counted.count("publish_failures"),
      sla_violations: counted.count("sla_violations"),
      promotions: counted.count("promotions"),
      forced_promotions: counted.count("forced_promotions"),
    };
  }

  async health(): Promise<ChainHealthCounts> {
    const action = "read the health of chains";
    const key = this.keys.of("chainHealth");
    const fields = fieldsOf((await this.command(action, "HGETALL", key)) as readonly string[]);
    const counted = new CountedFields(action, key, fields);
    const last = new Map<string, ChainHealth>();
    for (const [field, text] of Object.entries(fields)) {
      if (!field.endsWith(LAST)) continue;
      const health = CHAIN_HEALTH.find((name) => name === text);
      if (health === undefined) throw valueError(action, key, `a health class as '${field}'`, text);
      last.set(field.slice(0, -LAST.length), health);
    }
    const counts: Record<ChainHealth, number> = { ok: 0, slow: 0, partial: 0, collapsed: 0, empty: 0, error: 0 };
    for (const health of CHAIN_HEALTH) counts[health] = counted.count(health);
    return { counts, last };
  }

  async trail(figure: ChainTrail, symbol: string): Promise<readonly TrailPoint[]> {
    const action = "read a chain trail";
    const key = this.keys.of("chainTrail", { figure, SYMBOL: symbol });
    return readTrail(action, key, (await this.command(action, "ZRANGE", key, 0, -1)) as readonly string[]);
  }

  #contractKey(id: ChainContractId): string {
    return this.keys.of("chainContract", { contract: chainContractName(id) });
  }
}
