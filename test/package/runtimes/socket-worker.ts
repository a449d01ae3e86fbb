import { firstRows } from "./first-rows.ts";
import { linkStory } from "./link-story.ts";

/** Does what `sockets.ts` does, where a request asks for it. */
const worker = {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const options = searchParams.get("class") === "global" ? { WebSocket: globalThis.WebSocket } : {};
    const rows = await firstRows(searchParams.get("simulator") ?? "", options);
    return new Response(`${rows}\n${await linkStory(searchParams.get("server") ?? "", options)}\n`);
  },
};
export default worker;
