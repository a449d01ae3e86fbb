import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { RestError } from "../../../src/domain/errors.ts";
import type { ChainFetch } from "../../../src/ports/chain-provider.ts";
import { API_KEY, useRestProvider } from "../../support/rest-provider.ts";
import { chainRow, page } from "../../support/rest-rows.ts";
import { reply, type ScriptedAnswer, startScriptedRest } from "../../support/scripted-rest.ts";

const rest = useRestProvider();
const A = "O:SPXW251223C06870000";
const B = "O:SPXW251223C06875000";
const C = "O:SPXW251223C06880000";

const next = (cursor: string): string => `${rest.server.origin}/v3/snapshot/options/I:SPX?cursor=${cursor}`;

function fetchChain(...answers: readonly ScriptedAnswer[]): Promise<ChainFetch> {
  rest.server.answer(...answers);
  return rest.provider.snapshot({ underlying: "I:SPX" }, rest.signal);
}

const tickers = ({ contracts }: ChainFetch): readonly string[] => contracts.map(({ record }) => record.terms.contract);

describe("pages", () => {
  it("follow one another by next_url, verbatim, each with the key", async () => {
    const odd = `${rest.server.origin}/v3/other/I:SPX/%7Epart?cursor=YXA9Mg%3D%3D&x=a+b,c`;
    const fetched = await fetchChain(
      page([chainRow({}, A)], odd),
      page([chainRow({}, B)], next("3")),
      page([chainRow({}, C)]),
    );
    expect(fetched).toMatchObject({ complete: true, failure: undefined, refused: [] });
    expect(tickers(fetched)).toEqual([A, B, C]);
    expect(rest.server.requests[1]?.url).toBe(odd.slice(rest.server.origin.length));
    expect(rest.server.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill(`Bearer ${API_KEY}`),
    );
    expect(fetched.pages).toHaveLength(3);
    expect(JSON.parse(fetched.pages[1] ?? "")).toEqual(JSON.parse(JSON.stringify(page([chainRow({}, B)], next("3")))));
  });

  it.each([
    ["without results", {}],
    ["with null", { results: null, next_url: null }],
    ["with none", page([], "")],
  ])("may be one %s: the chain is empty and complete", async (_, body) => {
    expect(await fetchChain(body)).toMatchObject({ contracts: [], complete: true, failure: undefined, spot: null });
  });

  it("may have empty ones among them, three in a row at most", async () => {
    const empty = (cursor: string): object => page([], next(cursor));
    const fetched = await fetchChain(
      page([chainRow({}, A)], next("1")),
      empty("2"),
      empty("3"),
      page([chainRow({}, B)]),
    );
    expect(fetched.complete).toBe(true);
    expect(tickers(fetched)).toEqual([A, B]);
    const endless = await fetchChain(
      page([chainRow({}, A)], next("1")),
      empty("2"),
      empty("3"),
      empty("4"),
      empty("5"),
    );
    expect(endless.complete).toBe(false);
    expect(String(endless.failure)).toContain("at most 3 pages in a row may be empty");
  });

  it.each(["itself", "the one before"])("end where one leads back to %s", async (to) => {
    const back = to === "itself" ? next("2") : next("1");
    const fetched = await fetchChain(
      page([chainRow({}, A)], next("1")),
      page([chainRow({}, B)], next("2")),
      page([chainRow({}, C)], back),
    );
    expect(fetched.complete).toBe(false);
    expect(fetched.failure).toMatchObject({ reason: "invalid" });
    expect(String(fetched.failure)).toContain("current value was followed before");
    expect(rest.server.requests).toHaveLength(3);
    expect(tickers(fetched)).toEqual([A, B, C]);
  });

  it("end at the bound", async () => {
    let cursor = 0;
    rest.server.answer((response) => {
      response.end(JSON.stringify(page([chainRow({}, A)], next(String(++cursor)))));
    });
    const fetched = await rest.make({ maxPages: 5 }).snapshot({ underlying: "I:SPX" }, rest.signal);
    expect(rest.server.requests).toHaveLength(5);
    expect(String(fetched.failure)).toContain("at most 5 pages");
    expect(fetched).toMatchObject({ complete: false });
    expect(tickers(fetched)).toEqual([A]);
  });

  it("never lead to another origin: the key stays", async () => {
    const foreign = await startScriptedRest();
    try {
      const fetched = await fetchChain(page([chainRow({}, A)], `${foreign.origin}/v3/snapshot/options/I:SPX?cursor=1`));
      expect(fetched.complete).toBe(false);
      expect(String(fetched.failure)).toContain(rest.server.origin);
      expect(String(fetched.failure)).toContain(foreign.origin);
      expect(fetched.failure).toBeInstanceOf(RestError);
      expect(foreign.requests).toHaveLength(0);
      expect(inspect(fetched.failure, { depth: 9, showHidden: true })).not.toContain(API_KEY);
    } finally {
      await foreign.close();
    }
  });

  it.each([
    ["/v3/snapshot?cursor=1", "must be a URL"],
    [12, "must be a URL"],
    ["https://user@host/", "https://host"],
    ["file:///etc/hosts", "must have the origin"],
  ])("never lead to %j", async (url, text) => {
    const fetched = await fetchChain({ results: [chainRow({}, A)], next_url: url });
    expect(fetched.complete).toBe(false);
    expect(String(fetched.failure)).toContain(text);
    expect(rest.server.requests).toHaveLength(1);
  });

  it("never lead to a user name at the same origin", async () => {
    const named = rest.server.origin.replace("http://", "http://user:word@");
    const fetched = await fetchChain(page([chainRow({}, A)], `${named}/x`));
    expect(String(fetched.failure)).toContain("one with a user name");
    expect(String(fetched.failure)).not.toContain("word");
  });

  it.each([
    [reply(500, ""), "server"],
    [reply(429, ""), "rate_limited"],
    [reply(404, ""), "not_found"],
    ["<html>", "invalid"],
  ])("before one that fails are kept", async (failing, reason) => {
    const fetched = await fetchChain(page([chainRow({}, A)], next("1")), page([chainRow({}, B)], next("2")), failing);
    expect(fetched).toMatchObject({ complete: false, failure: { reason } });
    expect(tickers(fetched)).toEqual([A, B]);
    expect(fetched.pages).toHaveLength(2);
  });

  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
  ])("before one that is refused with %i for good do not hide that", async (status, reason) => {
    const fetched = fetchChain(page([chainRow({}, A)], next("1")), reply(status, ""));
    await expect(fetched).rejects.toMatchObject({ reason });
  });

  it("before an abort do not hide that", async () => {
    const fetched = fetchChain(page([chainRow({}, A)], next("1")), () => rest.stop.abort("no"));
    await expect(fetched).rejects.toBe("no");
  });

  it("reject where the first one fails", async () => {
    await expect(fetchChain(reply(500, ""))).rejects.toMatchObject({ reason: "server" });
  });
});
