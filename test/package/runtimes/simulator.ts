import { startSimulator } from "strikewire/simulator";
import { firstRows } from "./first-rows.ts";

/** Prints the first rows of a feed that this process serves itself, over a socket of each class. */
const simulator = await startSimulator({ eventsPerSecond: 4_000, quotesPerTrade: 1 });
for (const options of [{}, { WebSocket: globalThis.WebSocket }]) console.log(await firstRows(simulator.url, options));
await simulator.close();
