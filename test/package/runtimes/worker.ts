import type { CaptureSource } from "strikewire";
import { openMemory } from "strikewire/memory";
import { MassiveRest } from "strikewire/rest";
import { SYSTEM_CLOCK } from "strikewire/system";
import { outcomeOf } from "./outcome.ts";

/** A recording whose lines came in a request. */
function captureOf(text: string): CaptureSource {
  const records = text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { ts, payload }: { readonly ts: number; readonly payload: string } = JSON.parse(line);
      return { kind: "frame", receivedAtMs: Math.round(ts * 1_000), payload } as const;
    });
  return {
    async *records() {
      yield records;
    },
  };
}

/** A provider's chain but for the time of its receipt, as JSON. */
async function chainOf(baseUrl: string): Promise<string> {
  const rest = new MassiveRest({ apiKey: "any", baseUrl, clock: SYSTEM_CLOCK });
  const { contracts, complete } = await rest.snapshot({ underlying: "I:SPX" }, AbortSignal.timeout(30_000));
  return JSON.stringify({ complete, contracts }, (key, value: unknown) => {
    // Greeks are dated by their receipt.
    if (key === "greeksTsNs") return undefined;
    return typeof value === "bigint" ? String(value) : value;
  });
}

/** Answers with what a recording comes to, or with the chain of a provider; on entries that need nothing of a runtime. */
const worker = {
  async fetch(request: Request): Promise<Response> {
    const provider = new URL(request.url).searchParams.get("provider");
    if (provider !== null) return new Response(await chainOf(provider));
    return new Response(await outcomeOf(openMemory({ clock: SYSTEM_CLOCK }), captureOf(await request.text())));
  },
};
export default worker;
