import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { Fault } from "./fault.ts";
import { ASSET_CLASSES } from "./protocol.ts";

type LastingKind = "refuse" | "rejectKeys" | "noWebsocket";

/** What is wrong with the server for a while, by class. Times are ms since its start. */
export class Conditions {
  readonly #until = new Map<string, number>();
  readonly #withdrawn: { readonly assetClass: AssetClass; readonly channel: string; readonly untilMs: number }[] = [];
  #refusal: "drop" | "http" = "drop";
  #skew = { ms: 0, untilMs: 0 };

  /** Takes a fault that lasts. */
  begin(fault: Extract<Fault, { kind: LastingKind }>, elapsedMs: number): void {
    for (const assetClass of classesOf(fault.assetClass)) {
      this.#until.set(`${fault.kind} ${assetClass}`, elapsedMs + fault.forMs);
    }
    if (fault.kind === "refuse") this.#refusal = fault.how ?? "drop";
  }

  holds(kind: LastingKind, assetClass: AssetClass, elapsedMs: number): boolean {
    return elapsedMs < (this.#until.get(`${kind} ${assetClass}`) ?? 0);
  }

  /** How connections are refused. */
  get refusal(): "drop" | "http" {
    return this.#refusal;
  }

  withdraw(fault: Extract<Fault, { kind: "withdraw" }>, elapsedMs: number): void {
    for (const assetClass of classesOf(fault.assetClass)) {
      for (const channel of fault.channels) {
        this.#withdrawn.push({ assetClass, channel, untilMs: elapsedMs + fault.forMs });
      }
    }
  }

  isWithdrawn(assetClass: AssetClass, channel: string, elapsedMs: number): boolean {
    return this.#withdrawn.some(
      (entry) => entry.assetClass === assetClass && entry.channel === channel && elapsedMs < entry.untilMs,
    );
  }

  skew(fault: Extract<Fault, { kind: "skew" }>, elapsedMs: number): void {
    this.#skew = { ms: fault.ms, untilMs: elapsedMs + (fault.forMs ?? Number.POSITIVE_INFINITY) };
  }

  skewMs(elapsedMs: number): number {
    return elapsedMs < this.#skew.untilMs ? this.#skew.ms : 0;
  }
}

function classesOf(assetClass: AssetClass | undefined): readonly AssetClass[] {
  return assetClass === undefined ? ASSET_CLASSES : [assetClass];
}
