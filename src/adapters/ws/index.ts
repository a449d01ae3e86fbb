/**
 * The feed over WebSocket: on `ws` where there is one, else on the runtime's own class. It passes the contract suite of
 * `strikewire/testing`, with either.
 *
 * @module
 */
export type { WebSocketConstructor } from "./runtime-socket.ts";
export { WsFeedConnector, type WsFeedOptions } from "./ws-feed-connector.ts";
