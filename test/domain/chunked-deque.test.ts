import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkedDeque } from "../../src/domain/chunked-deque.ts";

const item = (value: number) => ({ value });
const numbersOf = (items: Iterable<{ value: number }>): number[] => Array.from(items, ({ value }) => value);

describe("ChunkedDeque", () => {
  it("answers as an array does, whatever is pushed and dropped", () => {
    const command = fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 2_500 }) }),
      fc.record({ drop: fc.integer({ min: 0, max: 2_500 }) }),
      fc.record({ pushBounded: fc.integer({ min: 1, max: 1_500 }) }),
      fc.record({ shift: fc.integer({ min: 1, max: 600 }) }),
      fc.record({ removeMultiplesOf: fc.integer({ min: 1, max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const deque = new ChunkedDeque<{ value: number }>();
        let model: number[] = [];
        let next = 0;
        for (const step of commands) {
          if ("push" in step) {
            for (let count = 0; count < step.push; count++) {
              deque.push(item(next));
              model.push(next++);
            }
          } else if ("drop" in step) {
            deque.dropHead(step.drop);
            model = model.slice(step.drop);
          } else if ("shift" in step) {
            for (let count = 0; count < step.shift; count++) expect(deque.shift()?.value).toBe(model.shift());
          } else if ("removeMultiplesOf" in step) {
            const asked: number[] = [];
            deque.removeWhere(({ value }) => {
              asked.push(value);
              return value % step.removeMultiplesOf === 0;
            });
            expect(asked).toEqual(model);
            model = model.filter((value) => value % step.removeMultiplesOf !== 0);
          } else {
            deque.pushBounded(item(next), step.pushBounded);
            model = [...model, next++].slice(-step.pushBounded);
          }
          expect(deque.length).toBe(model.length);
          expect(deque.at(0)?.value).toBe(model[0]);
          expect(deque.at(model.length - 1)?.value).toBe(model.at(-1));
        }
        expect(numbersOf(deque)).toEqual(model);
        expect(numbersOf(deque.slice(100, 1_300))).toEqual(model.slice(100, 1_300));
        expect(numbersOf(deque.last(5))).toEqual(model.slice(-5));
      }),
      { seed: 42, numRuns: 60 },
    );
  });

  it("has nothing outside of itself, before and behind", () => {
    const deque = new ChunkedDeque<{ value: number }>();
    expect(deque.at(0)).toBeUndefined();
    for (let value = 0; value < 1_030; value++) deque.push(item(value));
    deque.dropHead(3);
    expect(deque.at(-1)).toBeUndefined();
    expect(deque.at(1_027)).toBeUndefined();
    expect(deque.at(1_026)?.value).toBe(1_029);
    expect(deque.slice(-5, 2)).toEqual([item(3), item(4)]);
    expect(deque.last(5_000).length).toBe(1_027);
  });

  it("is empty when more is dropped than it holds, and can be filled again", () => {
    const deque = new ChunkedDeque<{ value: number }>();
    for (let value = 0; value < 5; value++) deque.push(item(value));
    deque.dropHead(9);
    expect(deque.length).toBe(0);
    deque.push(item(7));
    expect(numbersOf(deque)).toEqual([7]);
  });

  it("takes the same time per item however many it holds", () => {
    const deque = new ChunkedDeque<{ value: number }>();
    for (let value = 0; value < 300_000; value++) deque.pushBounded(item(value), 100_000);
    expect(deque.length).toBe(100_000);
    expect(deque.at(0)?.value).toBe(200_000);
  });
});
