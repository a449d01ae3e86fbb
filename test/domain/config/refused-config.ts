import { ConfigError } from "../../../src/domain/config/config-error.ts";

/** The error of a configuration that is refused. */
export function errorOf(read: () => unknown): ConfigError {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("Expected a ConfigError");
}
