import { InvalidArgumentError } from "commander";

/** Reads numbers from `least` to `most`, whole ones or others too. The reader throws what commander shows to the user. */
export function numberBetween(least: number, most: number, kind: "whole" | "any" = "any"): (text: string) => number {
  return (text) => {
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most && (kind === "any" || Number.isSafeInteger(value))) return value;
    throw new InvalidArgumentError(`Allowed is a ${kind === "whole" ? "whole " : ""}number from ${least} to ${most}.`);
  };
}
