import { z } from "zod";
import { countField, dateField, finiteField, notNegativeField, textField } from "../../domain/fields.ts";
import { priceField } from "../../domain/wire/events.ts";
import { nanosecondsField, timeframeField } from "./fields.ts";

/*
 * What a contract of a chain, or of a unified snapshot, has to look like. Only what is used is named, and everything but
 * the contract itself may be absent.
 */

export type Timeframe = "REAL-TIME" | "DELAYED";

export interface DetailsRow {
  readonly contract_type?: string | null | undefined;
  readonly exercise_style?: string | null | undefined;
  readonly expiration_date?: string | null | undefined;
  readonly strike_price?: number | null | undefined;
  readonly shares_per_contract?: number | null | undefined;
}

/** Without `ticker`: a unified snapshot has it elsewhere. */
const detailsFields = {
  contract_type: textField.nullish(),
  exercise_style: textField.nullish(),
  expiration_date: dateField.nullish(),
  strike_price: notNegativeField.nullish(),
  shares_per_contract: notNegativeField.nullish(),
};

const anObject = { error: "an object" };

export const detailsRow: z.ZodType<DetailsRow> = z.object(detailsFields, anObject);

export interface QuoteRow {
  readonly bid?: number | null | undefined;
  readonly ask?: number | null | undefined;
  readonly bid_size?: number | null | undefined;
  readonly ask_size?: number | null | undefined;
  readonly last_updated?: bigint | undefined;
  readonly timeframe?: Timeframe | undefined;
}

export const quoteRow: z.ZodType<QuoteRow> = z.object(
  {
    bid: priceField.nullish(),
    ask: priceField.nullish(),
    bid_size: notNegativeField.nullish(),
    ask_size: notNegativeField.nullish(),
    last_updated: nanosecondsField,
    timeframe: timeframeField,
  },
  anObject,
);

export interface TradeRow {
  readonly price?: number | null | undefined;
  readonly size?: number | null | undefined;
  readonly conditions?: readonly number[] | null | undefined;
  readonly sip_timestamp?: bigint | undefined;
  /** Under this name in unified snapshots of stocks. */
  readonly last_updated?: bigint | undefined;
  readonly timeframe?: Timeframe | undefined;
}

export const tradeRow: z.ZodType<TradeRow> = z.object(
  {
    price: priceField.nullish(),
    size: notNegativeField.nullish(),
    conditions: z.array(countField, { error: "a list" }).nullish(),
    sip_timestamp: nanosecondsField,
    last_updated: nanosecondsField,
    timeframe: timeframeField,
  },
  anObject,
);

export interface GreeksRow {
  readonly delta?: number | null | undefined;
  readonly gamma?: number | null | undefined;
  readonly theta?: number | null | undefined;
  readonly vega?: number | null | undefined;
}

export const greeksRow: z.ZodType<GreeksRow> = z.object(
  {
    delta: finiteField.nullish(),
    gamma: finiteField.nullish(),
    theta: finiteField.nullish(),
    vega: finiteField.nullish(),
  },
  anObject,
);

export interface UnderlyingRow {
  readonly ticker?: string | null | undefined;
  /** Of an index. */
  readonly value?: number | null | undefined;
  /** Of a stock. */
  readonly price?: number | null | undefined;
  readonly last_updated?: bigint | undefined;
}

export const underlyingRow: z.ZodType<UnderlyingRow> = z.object(
  {
    ticker: textField.nullish(),
    value: finiteField.nullish(),
    price: finiteField.nullish(),
    last_updated: nanosecondsField,
  },
  anObject,
);

export interface ChainRow {
  readonly details: DetailsRow & { readonly ticker: string };
  readonly last_quote?: QuoteRow | null | undefined;
  readonly last_trade?: TradeRow | null | undefined;
  readonly greeks?: GreeksRow | null | undefined;
  readonly implied_volatility?: number | null | undefined;
  readonly open_interest?: number | null | undefined;
  readonly day?:
    | { readonly volume?: number | null | undefined; readonly last_updated?: bigint | undefined }
    | null
    | undefined;
  readonly underlying_asset?: UnderlyingRow | null | undefined;
}

export const chainRow: z.ZodType<ChainRow> = z.object(
  {
    details: z.object({ ticker: textField, ...detailsFields }, anObject),
    last_quote: quoteRow.nullish(),
    last_trade: tradeRow.nullish(),
    greeks: greeksRow.nullish(),
    implied_volatility: finiteField.nullish(),
    open_interest: notNegativeField.nullish(),
    day: z.object({ volume: notNegativeField.nullish(), last_updated: nanosecondsField }, anObject).nullish(),
    underlying_asset: underlyingRow.nullish(),
  },
  anObject,
);
