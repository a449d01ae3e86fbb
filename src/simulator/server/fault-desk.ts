import { match } from "ts-pattern";
import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { RestFaults } from "../rest/rest-faults.ts";
import type { Conditions } from "./conditions.ts";
import type { Connection } from "./connection.ts";
import { type Fault, isRestFault } from "./fault.ts";
import { FORCE_DISCONNECT, GOING_AWAY, POLICY_VIOLATION, SLOW_CONSUMER } from "./protocol.ts";
import { evict } from "./session.ts";

/** What faults act upon. */
export interface FaultTargets {
  readonly conditions: Conditions;
  readonly connections: () => Iterable<Connection>;
  readonly rest: RestFaults;
  readonly elapsedMs: () => number;
  /** Closes the port and opens it again. */
  readonly restart: (downMs: number) => void;
}

const DEFAULT_DOWN_MS = 500;

/** Sent instead of a frame, now and then, by whatever stands in front of a server. */
const NOT_JSON = "<html><body><h1>502 Bad Gateway</h1></body></html>";

/** Makes something go wrong. */
export function applyFault(fault: Fault, targets: FaultTargets): void {
  const { conditions } = targets;
  const elapsedMs = targets.elapsedMs();
  if (isRestFault(fault)) {
    targets.rest.begin(fault, elapsedMs);
    return;
  }
  const each = (
    { assetClass }: { readonly assetClass?: AssetClass | undefined },
    act: (one: Connection) => void,
  ): void => {
    for (const connection of [...targets.connections()]) {
      if (connection.isOpen && (assetClass === undefined || connection.assetClass === assetClass)) act(connection);
    }
  };
  match(fault)
    .with({ kind: "refuse" }, { kind: "rejectKeys" }, { kind: "noWebsocket" }, (f) => conditions.begin(f, elapsedMs))
    .with({ kind: "withdraw" }, (f) => conditions.withdraw(f, elapsedMs))
    .with({ kind: "skew" }, (f) => conditions.skew(f, elapsedMs))
    .with({ kind: "cut" }, (f) => each(f, (one) => one.end({ why: "cut" })))
    .with({ kind: "close" }, (f) => {
      const { code = GOING_AWAY, reason = "" } = f;
      each(f, (one) => one.end({ why: "closed by a fault", code, reason }));
    })
    .with({ kind: "stall" }, (f) => {
      each(f, (one) => one.stall(f.forMs, f.pings === "answered", f.backlog === "dropped"));
    })
    .with({ kind: "slow" }, (f) => each(f, (one) => one.throttle(f.forMs, f.bytesPerSecond)))
    .with({ kind: "garbage" }, (f) => {
      const { form = "notJson", frames = 1 } = f;
      each(f, (one) => {
        if (form === "truncated") one.truncate(frames);
        else for (let left = frames; left > 0; left--) one.sendRaw(NOT_JSON);
      });
    })
    .with({ kind: "duplicate" }, (f) => each(f, (one) => one.repeat(f.frames ?? 1)))
    .with({ kind: "evict" }, (f) => each(f, evict))
    .with({ kind: "forceDisconnect" }, (f) => {
      each(f, (one) =>
        one.end({ why: "forced", status: FORCE_DISCONNECT, code: GOING_AWAY, reason: "force_disconnect" }),
      );
    })
    .with({ kind: "slowConsumer" }, (f) => {
      each(f, (one) =>
        one.end({
          why: "slow consumer",
          status: SLOW_CONSUMER,
          code: POLICY_VIOLATION,
          reason: "slow consumer",
          unsentAs: "slowConsumer",
        }),
      );
    })
    .with({ kind: "restart" }, (f) => targets.restart(f.downMs ?? DEFAULT_DOWN_MS))
    .exhaustive();
}
