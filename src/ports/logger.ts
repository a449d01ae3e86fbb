/** What belongs to a message: plain values. Never a credential. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** A place for messages to people. Never throws, never blocks, returns nothing to wait for. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` is the cause, if there is one. */
  error(message: string, error?: unknown, fields?: LogFields): void;
}
