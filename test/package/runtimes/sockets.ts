import { firstRows } from "./first-rows.ts";
import { linkStory } from "./link-story.ts";

const [, , simulator = "", server = "", sockets] = process.argv;
const options = sockets === "global" ? { WebSocket: globalThis.WebSocket } : {};
console.log(await firstRows(simulator, options));
console.log(await linkStory(server, options));
