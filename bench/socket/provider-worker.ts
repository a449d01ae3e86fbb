/** A provider on a thread of its own: costs next to nothing while it sends, so that what is measured is the client. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import { WebSocketServer } from "ws";
import { seededRandom } from "../../src/domain/random.ts";
import { AUTHENTICATED, CONNECTED, subscribed } from "../../src/simulator/index.ts";
import { byActivity, chain, tradeAmongQuotes } from "../option-events.ts";
import { type FrameSpec, nowMs, type ProviderAnswer, type ProviderCommand } from "./provider-protocol.ts";
import { onTheWire } from "./websocket-frames.ts";

/** Events on their way to a client at most: more than it can take while this thread sleeps. */
const WINDOW = 16_000;
const CHUNK_BYTES = 65_536;
const TEMPLATES = 20_000;
const EVENTS_PER_MS = 4;

interface Chunk {
  readonly bytes: Buffer;
  readonly events: number;
}

let floods: readonly (readonly Chunk[])[] = [];
let client: Socket | undefined;

const answer = (message: ProviderAnswer): void => parentPort?.postMessage(message);
const http = createServer();
const webSockets = new WebSocketServer({ noServer: true });

http.on("upgrade", (request, stream, head) => {
  const socket = stream as Socket;
  webSockets.handleUpgrade(request, socket, head, (webSocket) => {
    client = socket;
    webSocket.send(`[${CONNECTED}]`);
    webSocket.on("message", (data) => {
      const { action, params }: { action: string; params: string } = JSON.parse(String(data));
      if (action === "auth") webSocket.send(`[${AUTHENTICATED}]`);
      if (action !== "subscribe") return;
      webSocket.send(`[${params.split(",").map(subscribed).join()}]`, () => answer({ kind: "subscribed" }));
    });
  });
});

parentPort?.on("message", (command: ProviderCommand) => {
  void obey(command);
});
http.listen(0, "127.0.0.1", () => {
  answer({ kind: "listening", url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}` });
});

async function obey(command: ProviderCommand): Promise<void> {
  switch (command.kind) {
    case "prepare":
      floods = prepared(command.spec, command.floods);
      answer({ kind: "prepared" });
      return;
    case "flood":
      answer({ kind: "sent", events: await flood(floods[command.index] ?? [], command.consumed) });
      return;
    case "pace":
      answer({ kind: "sent", events: await pace(command) });
      return;
    case "close":
      client?.destroy();
      http.close();
      parentPort?.close();
  }
}

/** Event times rise from one flood to the next, and end before now. */
function prepared({ eventsPerTrade, contracts, eventsPerFrame }: FrameSpec, sizes: readonly number[]): Chunk[][] {
  const random = seededRandom(42);
  const make = tradeAmongQuotes(eventsPerTrade);
  const tickers = byActivity(chain(contracts), random);
  const startMs = Date.now() - 600_000;
  let made = 0;
  return sizes.map((size) => {
    const chunks: Chunk[] = [];
    let payloads: string[] = [];
    let bytes = 0;
    for (let left = size; left > 0; left -= eventsPerFrame) {
      const events = Array.from({ length: Math.min(left, eventsPerFrame) }, () => {
        return make(random, tickers, startMs + Math.floor(++made / EVENTS_PER_MS), 651_921_857 + 3 * made);
      });
      const payload = JSON.stringify(events);
      bytes += payload.length;
      payloads.push(payload);
      if (bytes < CHUNK_BYTES && left > eventsPerFrame) continue;
      const inChunk = (payloads.length - 1) * eventsPerFrame + events.length;
      chunks.push({ bytes: onTheWire(payloads), events: inChunk });
      payloads = [];
      bytes = 0;
    }
    return chunks;
  });
}

async function flood(chunks: readonly Chunk[], consumed: Int32Array): Promise<number> {
  let sent = 0;
  for (const { bytes, events } of chunks) {
    while (sent + events - Atomics.load(consumed, 0) > WINDOW) await sleep(1);
    sent += events;
    if (client?.destroyed !== false) break;
    if (!client.write(bytes)) await once(client, "drain");
  }
  return sent;
}

async function pace(command: ProviderCommand & { readonly kind: "pace" }): Promise<number> {
  const { spec, eventsPerSec, seconds, baseMs } = command;
  const random = seededRandom(42);
  const make = tradeAmongQuotes(spec.eventsPerTrade);
  const tickers = chain(spec.contracts);
  // Everything up to the time and the sequence of an event, which are written when it is sent.
  const templates = Array.from({ length: TEMPLATES }, (_, index) => {
    const text = JSON.stringify(make(random, [tickers[index % tickers.length] ?? ""], 0, 0));
    return text.slice(0, text.lastIndexOf(',"t":'));
  });
  const total = Math.floor(eventsPerSec * seconds);
  const startedMs = nowMs();
  let sent = 0;
  while (sent < total && client?.destroyed === false) {
    const atMs = nowMs();
    const due = Math.min(total, Math.floor(((atMs - startedMs) / 1_000) * eventsPerSec));
    const stamp = `,"t":${Math.floor(atMs)},"q":${Math.round((atMs - baseMs) * 1_000)}}`;
    const payloads: string[] = [];
    while (sent + spec.eventsPerFrame <= due) {
      let payload = "";
      for (let event = 0; event < spec.eventsPerFrame; event++) {
        payload += `${event === 0 ? "[" : ","}${templates[sent++ % TEMPLATES]}${stamp}`;
      }
      payloads.push(`${payload}]`);
    }
    if (payloads.length > 0) client.write(onTheWire(payloads));
    await sleep(1);
  }
  return sent;
}
