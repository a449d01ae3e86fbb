import { describe, expect, it } from "vitest";
import {
  DISCONNECT_POLICIES,
  type DisconnectReason,
  describeClose,
  explainDisconnect,
  reasonOfClose,
  reasonOfStatus,
} from "../../../src/domain/connection/disconnect-reason.ts";

describe("reasonOfStatus", () => {
  it.each([
    ["auth_failed", "authentication failed", "auth_failed"],
    ["auth_failed", undefined, "auth_failed"],
    [
      "auth_failed",
      "Your plan doesn't include websocket access. Visit https://massive.com/pricing to upgrade.",
      "not_entitled",
    ],
    ["auth_timeout", "No authentication request received.", "auth_timeout"],
    ["auth_required", undefined, "auth_timeout"],
    ["max_connections", "Maximum number of websocket connections exceeded.", "evicted"],
    ["max_connections", "Maximum number of connections exceeded.", "evicted"],
    ["slow_consumer", undefined, "slow_consumer"],
    ["force_disconnect", undefined, "server_close"],
    ["error", "authentication failed", "auth_failed"],
    ["error", "not authorized", undefined],
    ["success", "subscribed to: T.*", undefined],
    ["connected", "Connected Successfully", undefined],
    ["anything", "max_connections", undefined],
  ])("reads %s with the message %s as %s", (status, message, reason) => {
    expect(reasonOfStatus(status, message)).toBe(reason);
  });
});

describe("reasonOfClose", () => {
  it.each([
    [undefined, "broken"],
    [1006, "broken"],
    [1008, "broken"],
    [1011, "broken"],
    [1000, "server_close"],
    [1001, "maintenance"],
    [1012, "maintenance"],
    [1013, "maintenance"],
  ])("reads the close code %s of an open link as %s", (code, reason) => {
    expect(reasonOfClose(true, code)).toBe(reason);
  });

  it("calls every end of an attempt that never opened unreachable", () => {
    expect([undefined, 1000, 1006, 1012].map((code) => reasonOfClose(false, code))).toEqual(
      Array(4).fill("unreachable"),
    );
  });
});

describe("what follows a disconnect", () => {
  it("ends for what trying again cannot help, and leaves the slot to whoever took it", () => {
    const policies = Object.entries(DISCONNECT_POLICIES).map(([reason, { policy }]) => `${reason} ${policy}`);
    expect(policies).toEqual([
      "auth_failed fail",
      "not_entitled fail",
      "auth_timeout backOff",
      "evicted coolDown",
      "slow_consumer shedFirst",
      "maintenance backOff",
      "server_close backOff",
      "broken backOff",
      "unreachable backOff",
      "ours end",
    ]);
  });

  it("names the asset class in every sentence, and what the provider said", () => {
    for (const reason of Object.keys(DISCONNECT_POLICIES) as DisconnectReason[]) {
      expect(explainDisconnect(reason, "indices", "xyz")).toContain("indices");
    }
    expect(explainDisconnect("auth_failed", "stocks", "authentication failed")).toBe(
      "Cannot authenticate for stocks: the API key must be one that the provider accepts on this host, it answered 'authentication failed'",
    );
    expect(explainDisconnect("unreachable", "options", "Cannot connect to host:1: it ended with 'x'")).toBe(
      "The provider's server for options cannot be reached: Cannot connect to host:1: it ended with 'x'",
    );
    expect(explainDisconnect("unreachable", "options", "")).toMatch(/: nothing more is known$/);
    expect(explainDisconnect("evicted", "options", undefined)).toContain("Another process of this account holds");
  });

  it("shows at most 200 characters of what the provider said", () => {
    expect(explainDisconnect("broken", "stocks", "x".repeat(5_000)).length).toBeLessThan(300);
  });

  it("describes a close by what there was of a frame", () => {
    expect(describeClose(true, undefined, undefined)).toBe("no close frame");
    expect(describeClose(true, 1008, "policy")).toBe("close code 1008, policy");
  });

  it("describes an attempt that came to nothing by what the socket said alone", () => {
    expect(describeClose(false, undefined, "connect ECONNREFUSED")).toBe("connect ECONNREFUSED");
    expect(describeClose(false, undefined, "")).toBe("no close frame");
  });
});
