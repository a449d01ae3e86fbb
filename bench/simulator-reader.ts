/** A client that subscribes to all trades of options and to the quotes named by its parent, and throws away what comes. */
import { readFileSync } from "node:fs";
import { WebSocket } from "ws";

const [url = "", topicsFile = ""] = process.argv.slice(2);
const socket = new WebSocket(url);
const request = (action: string, params: string): void => socket.send(JSON.stringify({ action, params }));
socket.on("message", () => undefined);
socket.on("open", () => {
  request("auth", "bench");
  request("subscribe", "T.*");
  request("subscribe", readFileSync(topicsFile, "utf8"));
});
