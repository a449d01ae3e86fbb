import { feedConnectorContract } from "../../src/testing/index.ts";
import { openMemoryFeed } from "./memory-feed-server.ts";
import { vitestRunner } from "./memory-stores.ts";

feedConnectorContract("memory", {
  runner: vitestRunner,
  open: () => openMemoryFeed(),
  limits: {
    status: "there is no HTTP in memory",
    frameSize: "messages in memory have no limit",
  },
});
