import type { FeedSink, LinkClosed } from "../../ports/feed-connector.ts";

/** A call of a sink. */
export type Heard =
  | { readonly kind: "open" }
  | { readonly kind: "frame"; readonly payload: string | Uint8Array }
  | { readonly kind: "alive" }
  | { readonly kind: "closed"; readonly how: LinkClosed };

/** A sink that writes down what it hears. */
export class RecordingSink implements FeedSink {
  readonly heard: Heard[] = [];
  #depth = 0;
  /** Whether a call came within another. */
  overlapped = false;

  open(): void {
    this.#note({ kind: "open" });
  }
  frame(payload: string | Uint8Array): void {
    this.#note({ kind: "frame", payload });
  }
  alive(): void {
    this.#note({ kind: "alive" });
  }
  closed(how: LinkClosed): void {
    this.#note({ kind: "closed", how });
  }

  get frames(): readonly (string | Uint8Array)[] {
    return this.heard.flatMap((call) => (call.kind === "frame" ? [call.payload] : []));
  }
  get pongs(): number {
    return this.heard.filter(({ kind }) => kind === "alive").length;
  }
  get ends(): readonly LinkClosed[] {
    return this.heard.flatMap((call) => (call.kind === "closed" ? [call.how] : []));
  }

  /** What a test does from within the next call. */
  onCall: ((call: Heard) => void) | undefined;

  #note(call: Heard): void {
    this.overlapped ||= this.#depth > 0;
    this.#depth += 1;
    this.heard.push(call);
    this.onCall?.(call);
    this.#depth -= 1;
  }
}
