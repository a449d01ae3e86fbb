import { feedConnectorContract } from "../../src/testing/index.ts";
import { countedGlobal } from "./counted-web-sockets.ts";
import { vitestRunner } from "./memory-stores.ts";
import { openWsFeed } from "./ws-feed-server.ts";

feedConnectorContract("the global WebSocket", {
  runner: vitestRunner,
  open: () => openWsFeed(countedGlobal()),
  limits: {
    ping: "the standard has no pings",
    pause: "the standard has no pause",
    status: "the standard hides why a handshake failed",
    terminate: "the standard ends a connection only by a close frame",
  },
});
