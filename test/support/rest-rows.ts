/** A row of a chain as the provider sends it, with what a test wants otherwise; `undefined` leaves a field out. */
export function chainRow(over: Readonly<Record<string, unknown>> = {}, ticker = "O:SPXW251223P06870000"): object {
  const [, date = "", right, digits = ""] = /(\d{6})([CP])(\d{8})$/.exec(ticker) ?? [];
  return {
    break_even_price: 6855.1,
    day: { open: 15, high: 16, low: 14, close: 15.2, volume: 868, vwap: 15.1, last_updated: 1_766_437_200_000_000_000 },
    details: {
      contract_type: right === "C" ? "call" : "put",
      exercise_style: "european",
      expiration_date: `20${date.slice(0, 2)}-${date.slice(2, 4)}-${date.slice(4, 6)}`,
      shares_per_contract: 100,
      strike_price: Number(digits) / 1_000,
      ticker,
    },
    greeks: { delta: -0.45, gamma: 0.002, theta: -3.1, vega: 1.2 },
    implied_volatility: 0.15,
    last_quote: { ask: 15.3, ask_size: 40, bid: 15.1, bid_size: 8, last_updated: 1_766_437_201_000_000_000 },
    last_trade: { conditions: [209], exchange: 316, price: 15.2, sip_timestamp: 1_766_437_200_500_000_000, size: 2 },
    open_interest: 1_543,
    underlying_asset: { ticker: "I:SPX", value: 6_871.25, last_updated: 1_766_437_201_000_000_000 },
    ...over,
  };
}

/** A page of rows. */
export function page(rows: readonly object[], nextUrl?: string): object {
  return { request_id: "6a7e466379af0a71039d60cc78e72282", results: rows, status: "OK", next_url: nextUrl };
}
