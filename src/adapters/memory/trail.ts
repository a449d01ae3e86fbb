import { isTrailedBy, type TrailPoint, trailMember } from "../../domain/context/trail.ts";

/** The last points of one figure, in order. */
export class Trail {
  readonly #maxPoints: number;
  readonly #points: TrailPoint[] = [];

  constructor(maxPoints: number) {
    this.#maxPoints = maxPoints;
  }

  add(point: TrailPoint): void {
    // Points come mostly in order: looked for from the end.
    let index = this.#points.length;
    for (let before = this.#points[index - 1]; before !== undefined; before = this.#points[index - 1]) {
      if (trailMember(before) === trailMember(point)) return;
      if (isTrailedBy(before, point)) break;
      index -= 1;
    }
    this.#points.splice(index, 0, Object.freeze({ ts: point.ts, value: point.value }));
    if (this.#points.length > this.#maxPoints) this.#points.shift();
  }

  points(): readonly TrailPoint[] {
    return [...this.#points];
  }
}

/** The trails of many figures, by name. */
export class Trails {
  readonly #maxPoints: number;
  readonly #trails = new Map<string, Trail>();

  constructor(maxPoints: number) {
    this.#maxPoints = maxPoints;
  }

  add(name: string, point: TrailPoint): void {
    let trail = this.#trails.get(name);
    if (trail === undefined) {
      trail = new Trail(this.#maxPoints);
      this.#trails.set(name, trail);
    }
    trail.add(point);
  }

  points(name: string): readonly TrailPoint[] {
    return this.#trails.get(name)?.points() ?? [];
  }
}
