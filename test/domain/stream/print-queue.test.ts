import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PrintBlock, PrintQueue } from "../../../src/domain/stream/print-queue.ts";

const BLOCK_PRINTS = new PrintQueue().blockOf(0).prices.length;

/** Pushes a print that bears its own place. */
function push(queue: PrintQueue): void {
  const place = queue.push();
  queue.blockOf(place).prices[queue.slotOf(place)] = place;
}

function priceAt(queue: PrintQueue, place: number): number | undefined {
  return queue.blockOf(place).prices[queue.slotOf(place)];
}

/** The blocks of what is held. */
function blocksOf(queue: PrintQueue): ReadonlySet<PrintBlock> {
  const blocks = new Set<PrintBlock>();
  for (let place = queue.head; place < queue.tail; place++) blocks.add(queue.blockOf(place));
  return blocks;
}

describe("PrintQueue", () => {
  it("holds what was pushed and not shifted, wherever blocks begin and end", () => {
    // Stretches of about a block or of some, so that ends and edges meet.
    const near = fc.tuple(fc.nat(2), fc.integer({ min: -2, max: 2 })).map(([blocks, by]) => blocks * BLOCK_PRINTS + by);
    const stretches = fc.array(
      fc.record({ pushed: near, shifted: fc.oneof(near, fc.constant(Number.POSITIVE_INFINITY)) }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(stretches, (list) => {
        const queue = new PrintQueue();
        let [head, tail] = [0, 0];
        for (const { pushed, shifted } of list) {
          for (let count = 0; count < pushed; count++, tail++) push(queue);
          for (let count = 0; count < shifted && head < tail; count++, head++) queue.shift();
          expect([queue.head, queue.tail]).toEqual([head, tail]);
          for (let place = head; place < tail; place++) {
            if (priceAt(queue, place) !== place) expect(priceAt(queue, place)).toBe(place);
          }
          expect(blocksOf(queue).size).toBeLessThanOrEqual(Math.ceil((tail - head) / BLOCK_PRINTS) + 1);
        }
      }),
      { seed: 42, numRuns: 60 },
    );
  });

  it("goes on where everything was shifted just at the end of a block", () => {
    const queue = new PrintQueue();
    for (let turn = 1; turn <= 3; turn++) {
      for (let count = 0; count < BLOCK_PRINTS; count++) push(queue);
      for (let count = 0; count < BLOCK_PRINTS; count++) queue.shift();
      expect([queue.head, queue.tail]).toEqual([turn * BLOCK_PRINTS, turn * BLOCK_PRINTS]);
    }
    push(queue);
    expect(priceAt(queue, 3 * BLOCK_PRINTS)).toBe(3 * BLOCK_PRINTS);
  });

  it("keeps one block of those that a burst took, and takes that before a new one", () => {
    const queue = new PrintQueue();
    for (let count = 0; count < 5 * BLOCK_PRINTS; count++) push(queue);
    const burst = blocksOf(queue);
    for (let count = 0; count < 4 * BLOCK_PRINTS; count++) queue.shift();
    for (let count = 0; count < 3 * BLOCK_PRINTS; count++) push(queue);
    const [last, ...rest] = [...blocksOf(queue)];
    expect([last, ...rest].map((block) => block !== undefined && burst.has(block))).toEqual([true, true, false, false]);
  });

  it("refuses a place that it does not hold", () => {
    const queue = new PrintQueue();
    for (let count = 0; count < 2 * BLOCK_PRINTS; count++) push(queue);
    for (let count = 0; count < BLOCK_PRINTS; count++) queue.shift();
    for (const place of [-1, 0, BLOCK_PRINTS - 1, 2 * BLOCK_PRINTS]) {
      expect(() => queue.blockOf(place)).toThrow(new RegExp(`current value is ${place}$`));
    }
  });
});
