/** What the provider sells as one product and counts connections for. A path segment of its WebSocket URL. */
export type AssetClass = "options" | "stocks" | "indices";

/** One kind of stream: an asset class and a channel. */
export type ResourceType = "options_quotes" | "options_trades" | "equity_quotes" | "equity_trades" | "index_values";

/** Every resource type with its asset class and the provider's channel letter. */
export const RESOURCES: Readonly<Record<ResourceType, { readonly assetClass: AssetClass; readonly channel: string }>> =
  Object.freeze({
    options_trades: { assetClass: "options", channel: "T" },
    options_quotes: { assetClass: "options", channel: "Q" },
    equity_trades: { assetClass: "stocks", channel: "T" },
    equity_quotes: { assetClass: "stocks", channel: "Q" },
    index_values: { assetClass: "indices", channel: "V" },
  });

/** The asset class that a resource type belongs to; connections are counted per class and account. */
export function assetClassOf(resource: ResourceType): AssetClass {
  return RESOURCES[resource].assetClass;
}
