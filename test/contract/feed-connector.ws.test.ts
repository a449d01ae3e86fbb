import { feedConnectorContract } from "../../src/testing/index.ts";
import { countedWs } from "./counted-web-sockets.ts";
import { vitestRunner } from "./memory-stores.ts";
import { openWsFeed } from "./ws-feed-server.ts";

feedConnectorContract("ws", { runner: vitestRunner, open: () => openWsFeed(countedWs()) });
