const INTEGER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A number for people, rounded: `12,345`. */
export function integer(value: number): string {
  return INTEGER.format(value);
}
