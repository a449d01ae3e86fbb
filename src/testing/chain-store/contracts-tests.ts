import type { ChainContractId } from "../../domain/context/chain.ts";
import type { ChainStore } from "../../ports/chain-store.ts";
import type { AnnouncingClients } from "../announcements.ts";
import { check } from "../check.ts";
import type { ContractTests } from "../runner.ts";
import { sampleChainContract, sampleContractId } from "./samples.ts";

export type ChainTests = ContractTests<AnnouncingClients<ChainStore>, []>;

/** The contracts of a chain, as the provider sent them. */
export function contractsTests({ test, shared, unless }: ChainTests): void {
  test("there are none in a new store", async ({ subject: { store } }) => {
    check.equal("contracts", await store.contracts([sampleContractId()]), [null]);
    check.equal("none asked for", await store.contracts([]), []);
  });
  test("they are read text for text, in the order asked for", async ({ subject: { store } }) => {
    const [a, b, c] = [1, 2, 3].map((strikeThousandths) => sampleChainContract({ strikeThousandths }));
    await store.putContracts([a, b, c].flatMap((contract) => contract ?? []));
    await store.putContracts([]);
    const ids = [3, 4, 1, 3].map((strikeThousandths) => sampleContractId({ strikeThousandths }));
    check.equal("contracts", await store.contracts(ids), [c?.json ?? "", null, a?.json ?? "", c?.json ?? ""]);
  });
  test("the text is not looked at", async ({ subject: { store } }) => {
    const texts = ["", "{", "null", ' { "a" : 1.0 } ', "\u0000"];
    const contracts = texts.map((json, index) => ({ id: sampleContractId({ strikeThousandths: index + 1 }), json }));
    await store.putContracts(contracts);
    check.equal("texts", await store.contracts(contracts.map(({ id }) => id)), texts);
  });
  test("each part of an id tells contracts apart, the root of AM and PM settled ones too", async (opened) => {
    const { store } = opened.subject;
    const ids: readonly ChainContractId[] = [
      sampleContractId(),
      sampleContractId({ root: "SPX" }),
      sampleContractId({ underlying: "XSP" }),
      sampleContractId({ underlying: "SPXW" }),
      sampleContractId({ expiration: "2025-12-24" }),
      sampleContractId({ right: "C" }),
      sampleContractId({ strikeThousandths: 6_870_501 }),
      sampleContractId({ strikeThousandths: 687_050 }),
    ];
    await store.putContracts(ids.map((id, index) => ({ id, json: `${index}` })));
    check.equal(
      "texts",
      await store.contracts(ids),
      ids.map((_, index) => `${index}`),
    );
  });
  test("each write replaces the one before, the later of a batch the earlier", async ({ subject: { store } }) => {
    const id = sampleContractId();
    await store.putContracts([{ id, json: "first" }]);
    await store.putContracts([
      { id, json: "second" },
      { id, json: "third" },
    ]);
    check.equal("contract", await store.contracts([id]), ["third"]);
  });
  test("2,500 of them go into one batch and come in one answer", async ({ subject: { store } }) => {
    const contracts = Array.from({ length: 2_500 }, (_, index) =>
      sampleChainContract({ strikeThousandths: index + 1 }),
    );
    await store.putContracts(contracts);
    check.equal(
      "texts",
      await store.contracts(contracts.map(({ id }) => id)),
      contracts.map(({ json }) => json),
    );
  });
  test("an id that no ticker can carry is rejected, and nothing of its batch is stored", async (opened) => {
    const { store } = opened.subject;
    const bad: Readonly<Record<string, ChainContractId>> = {
      RangeErrorOfRoot: sampleContractId({ root: "spxw" }),
      RangeErrorOfDate: sampleContractId({ expiration: "2025-02-29" }),
      RangeErrorOfStrike: sampleContractId({ strikeThousandths: 0.5 }),
      TypeErrorOfUnderlying: sampleContractId({ underlying: "I:SPX" }),
      TypeErrorOfNoUnderlying: sampleContractId({ underlying: "" }),
    };
    for (const [what, id] of Object.entries(bad)) {
      const kind = what.startsWith("Range") ? "RangeError" : "TypeError";
      const batch = [sampleChainContract(), { id, json: "{}" }];
      await check.rejects(`putContracts, ${what}`, store.putContracts(batch), kind);
      await check.rejects(`contracts, ${what}`, store.contracts([sampleContractId(), id]), kind);
    }
    check.equal("contract", await store.contracts([sampleContractId()]), [null]);
  });
  shared("of writes that two clients make at once one is there whole", async ({ first, second }) => {
    const id = sampleContractId();
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(1_000));
    await Promise.all(
      texts.map((json, index) => (index % 2 === 0 ? first : second).store.putContracts([{ id, json }])),
    );
    const [stored] = await second.store.contracts([id]);
    check.isTrue("one of the texts", texts.includes(stored ?? ""));
    check.equal("the other client's", await first.store.contracts([id]), [stored ?? null]);
  });
  unless("fixedLifetimes", "they live for 300 s after their last write", async ({ subject: { store }, elapse }) => {
    const [stays, goes] = [sampleChainContract(), sampleChainContract({ right: "C" })];
    await store.putContracts([stays, goes]);
    await elapse(299_999);
    check.equal("just before", await store.contracts([stays.id, goes.id]), [stays.json, goes.json]);
    await store.putContracts([stays]);
    await elapse(1);
    check.equal("then", await store.contracts([stays.id, goes.id]), [stays.json, null]);
    await elapse(299_998);
    check.equal("written again", await store.contracts([stays.id]), [stays.json]);
    await elapse(1);
    check.equal("then it too", await store.contracts([stays.id]), [null]);
  });
}
