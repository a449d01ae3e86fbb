import { InvalidArgumentError } from "commander";
import { symbolField } from "../domain/context/fields.ts";

/**
 * An underlying, as a user types it, with or without `I:`.
 *
 * @returns without `I:`.
 * @throws {InvalidArgumentError} saying what is allowed.
 */
export function parseSymbol(text: string): string {
  const symbol = symbolField.safeParse(text.replace(/^I:/, ""));
  if (symbol.success) return symbol.data;
  throw new InvalidArgumentError("Allowed is a symbol such as SPX or I:SPX.");
}
