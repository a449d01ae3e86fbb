import type { z } from "zod";

/** How a setting is written, and which of its values are allowed. */
export interface Kind<T> {
  /** What is allowed, in words that complete "must be". */
  readonly allowed: string;
  /** Accepts the allowed values and nothing else. */
  readonly schema: z.ZodType<T>;
  /** What a text stands for. A text that stands for nothing is given back, for the schema to refuse. */
  readonly read: (text: string) => unknown;
  /** What a shorter form of a value in code or in a file stands for. @default what it is */
  readonly readValue?: (value: unknown) => unknown;
  /** The text that stands for a value. */
  readonly write: (value: T) => string;
  /** `always`: its values are shown to nobody. `url`: those that might hold credentials are not. */
  readonly secret: "always" | "url" | "never";
}

/** All that is to be said of one setting. */
export interface Setting<T> {
  /** Its name in the environment. */
  readonly env: string;
  /** Its value where nothing is given. */
  readonly fallback: T;
  readonly kind: Kind<T>;
  /** One line for people who set it. */
  readonly meaning: string;
}

/** States one setting. */
export function setting<T>(env: string, fallback: T, kind: Kind<T>, meaning: string): Setting<T> {
  return { env, fallback, kind, meaning };
}
