import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShedSpan } from "../../../src/domain/overload/shed-span.ts";

describe("ShedSpan", () => {
  it("encloses one receipt by itself", () => {
    expect(new ShedSpan(7, "quotes").gap("options/0")).toEqual({
      connection: "options/0",
      fromAtMs: 7,
      toAtMs: 7,
      cause: "shed",
      scope: "quotes",
      instruments: undefined,
    });
  });

  it("knows no bounds before it knows a receipt", () => {
    const span = new ShedSpan(undefined, "quotes");
    expect(span.gap("options/0")).toMatchObject({ fromAtMs: undefined, toAtMs: undefined });
    span.add(5, "quotes");
    expect([span.fromAtMs, span.toAtMs]).toEqual([5, 5]);
    span.add(undefined, "quotes");
    expect([span.fromAtMs, span.toAtMs]).toEqual([5, 5]);
  });

  it("encloses every receipt in whatever order, and is about quotes only as long as all were", () => {
    const shed = fc.record({ atMs: fc.option(fc.nat(), { nil: undefined }), scope: fc.constantFrom("all", "quotes") });
    fc.assert(
      fc.property(fc.array(shed, { minLength: 1 }), ([first, ...others]) => {
        if (first === undefined) return;
        const span = new ShedSpan(first.atMs, first.scope);
        for (const { atMs, scope } of others) span.add(atMs, scope);
        const known = [first, ...others].flatMap(({ atMs }) => atMs ?? []);
        const isAll = [first, ...others].some(({ scope }) => scope === "all");
        expect(span.gap("stocks/1")).toMatchObject({
          fromAtMs: known.length === 0 ? undefined : Math.min(...known),
          toAtMs: known.length === 0 ? undefined : Math.max(...known),
          scope: isAll ? "all" : "quotes",
        });
      }),
    );
  });
});
