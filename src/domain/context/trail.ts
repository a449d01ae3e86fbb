/**
 * One point of a trail, a short history of one figure. Trails are sorted by `ts`, and points of one `ts` by the text of
 * their member; a point that is there already is not added again.
 */
export interface TrailPoint {
  /** Unix seconds. */
  readonly ts: number;
  readonly value: number;
}

/**
 * `{ts}:{value}`, the member that stands for a point in a sorted set whose score is `ts`. A bare value would merge equal
 * values of different times.
 *
 * @example
 * ```ts
 * trailMember({ ts: 1766437799.445, value: 6870.25 }); // "1766437799.445:6870.25"
 * ```
 */
export function trailMember({ ts, value }: TrailPoint): string {
  return `${ts}:${value}`;
}

/** The point that a member stands for; `undefined` where it stands for none. */
export function trailPoint(member: string): TrailPoint | undefined {
  const [ts = "", value = "", ...rest] = member.split(":");
  if (ts === "" || value === "" || rest.length > 0) return undefined;
  const point = { ts: Number(ts), value: Number(value) };
  return Number.isFinite(point.ts) && Number.isFinite(point.value) ? point : undefined;
}

/** Whether `a` stands before `b` in a trail. */
export function isTrailedBy(a: TrailPoint, b: TrailPoint): boolean {
  return a.ts === b.ts ? trailMember(a) < trailMember(b) : a.ts < b.ts;
}
