import { cutText } from "../../domain/wire/describe-value.ts";
import { type ReadBody, readBody } from "./read-body.ts";
import { type RestClient, restError } from "./rest-client.ts";

/** Pages without a row, one behind the other, that may still be followed by one with rows. */
const MAX_EMPTY_PAGES = 3;

/**
 * The pages of one cursor, in order, each requested when it is asked for. `next_url` is followed as it came, to the origin
 * of the first page only.
 *
 * Throws the `RestError` of the first request that fails, and one of reason `invalid` for a `next_url` that is no URL,
 * leads to another origin or to a page that was read before, and where there are too many pages or too many without a row.
 * What it throws tells nothing about the pages before it: they stay good.
 */
export async function* walkPages(
  client: RestClient,
  firstUrl: string,
  maxPages: number,
  signal: AbortSignal,
): AsyncGenerator<ReadBody, void, void> {
  const { origin } = new URL(firstUrl);
  const seen = new Set<string>();
  let url = firstUrl;
  let empty = 0;
  for (;;) {
    seen.add(url);
    const page = readBody(client, await client.get(url, signal), "results");
    const { path } = page.answer;
    const refuse = (fault: string): Error => restError(path, fault, { reason: "invalid", status: 200 });
    yield page;
    const next = page.body["next_url"] ?? "";
    if (next === "") return;
    empty = page.rows.length === 0 ? empty + 1 : 0;
    if (typeof next !== "string" || !URL.canParse(next)) {
      throw refuse(`'next_url' must be a URL, current value is ${cutText(String(next))}`);
    }
    const { origin: nextOrigin, username, password } = new URL(next);
    if (nextOrigin !== origin || username !== "" || password !== "") {
      const current = nextOrigin === origin ? "one with a user name" : nextOrigin;
      throw refuse(`'next_url' must have the origin ${origin}, current value is ${current}`);
    }
    if (seen.has(next)) throw refuse("'next_url' must lead to a page not read yet, current value was followed before");
    if (empty >= MAX_EMPTY_PAGES) {
      throw refuse(`at most ${MAX_EMPTY_PAGES} pages in a row may be empty, current value is more`);
    }
    if (seen.size >= maxPages) throw refuse(`there must be at most ${maxPages} pages, current value is more`);
    url = next;
  }
}
