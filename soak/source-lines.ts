/** What the process under test looks like at one moment. */
export interface ProcessSample {
  readonly atSec: number;
  /** Active resources of the event loop, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners of the process and of the signal that everything runs under. */
  readonly listeners: number;
  /** After a forced collection, bytes. */
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** What the process under test prints, one JSON object a line. */
export type SoakLine =
  | { readonly kind: "sample"; readonly sample: ProcessSample }
  | { readonly kind: "log"; readonly level: string; readonly message: string; readonly reason: unknown }
  /** Node's own warning, such as that of too many listeners. */
  | { readonly kind: "warning"; readonly message: string }
  /** Everything is closed: what is left compared with what there was before anything was opened. */
  | {
      readonly kind: "ended";
      readonly failure: string | undefined;
      readonly rows: number;
      readonly before: Readonly<Record<string, number>>;
      readonly after: Readonly<Record<string, number>>;
    };

/** The one argument of the process, as JSON. */
export interface SoakSourceOptions {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly wsUrl: string;
  readonly sampleMs: number;
}
