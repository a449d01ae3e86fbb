import type { LogEntry } from "../../../src/simulator/index.ts";
import { type Fields, PlainStreams } from "./plain-streams.ts";
import { type AccountSums, SourceAccounts } from "./source-accounts.ts";

/** Keeps the accounts of all that a server logged and that is stored under a prefix. */
export async function settleAccounts(
  entries: readonly LogEntry[],
  { url, prefix }: { readonly url: string; readonly prefix: string },
): Promise<{ readonly findings: readonly string[]; readonly sums: AccountSums; readonly analytics: Fields }> {
  const accounts = new SourceAccounts();
  for (const entry of entries) accounts.sent(entry);
  const streams = new PlainStreams(url, prefix);
  try {
    await streams.poll(accounts);
    const analytics = await streams.hash("massive:ws:analytics");
    return { ...accounts.settle(analytics), analytics };
  } finally {
    streams.close();
  }
}
