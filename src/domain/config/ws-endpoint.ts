import { type AssetClass, RESOURCES } from "../instrument/resource.ts";

/** Where a provider's sockets are. */
export interface WsEndpoint {
  /** What the asset class is appended to, with a slash between. */
  readonly base: string;
  /** The only class that is there, where the URL ended in one. */
  readonly onlyClass: AssetClass | undefined;
}

const ASSET_CLASSES: readonly AssetClass[] = [...new Set(Object.values(RESOURCES).map(({ assetClass }) => assetClass))];

/**
 * Takes a `wsUrl` apart.
 *
 * @example
 * ```ts
 * wsEndpoint("wss://socket.massive.com/options"); // { base: "wss://socket.massive.com", onlyClass: "options" }
 * ```
 */
export function wsEndpoint(wsUrl: string): WsEndpoint {
  const url = wsUrl.replace(/\/+$/, "");
  const onlyClass = ASSET_CLASSES.find(
    (assetClass) => url.endsWith(`/${assetClass}`) && !url.endsWith(`//${assetClass}`),
  );
  return { base: onlyClass === undefined ? url : url.slice(0, -onlyClass.length - 1), onlyClass };
}
