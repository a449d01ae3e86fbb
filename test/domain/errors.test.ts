import { describe, expect, it } from "vitest";
import {
  ClosedError,
  isTransient,
  RestError,
  type RestErrorReason,
  UnavailableError,
  WsError,
} from "../../src/domain/errors.ts";

describe("isTransient", () => {
  it.each<[RestErrorReason, boolean]>([
    ["rate_limited", true],
    ["server", true],
    ["timeout", true],
    ["network", true],
    ["invalid", true],
    ["unauthorized", false],
    ["forbidden", false],
    ["not_found", false],
    ["refused", false],
  ])("takes a request that ended with %s for transient: %s", (reason, transient) => {
    expect(isTransient(new RestError("Cannot fetch", { reason }))).toBe(transient);
  });

  it("knows the errors of another copy of the package by their shape", () => {
    const foreign = Object.assign(new Error("Cannot fetch"), { code: "STRIKEWIRE_REST", reason: "server" });
    expect(isTransient(foreign)).toBe(true);
    expect(isTransient(Object.assign(new Error("odd"), { code: "STRIKEWIRE_REST" }))).toBe(false);
  });

  it("tells failures of stores and mistakes of callers apart", () => {
    expect(isTransient(new UnavailableError("away"))).toBe(true);
    expect(isTransient(new ClosedError("read"))).toBe(false);
    expect(isTransient(new WsError("cut"))).toBe(false);
    expect(isTransient(new TypeError("mistake"))).toBe(false);
    expect(isTransient(new Error("who knows"))).toBe(true);
  });
});
