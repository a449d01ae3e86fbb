/** An end of an interval: where it lies, and the value and slope of a function there. */
export interface CubicEnd {
  readonly x: number;
  readonly y: number;
  readonly slope: number;
}

/** Control parameters at or below -1 have a pole between the ends. */
const LEAST_CONTROL = -0.99;

/**
 * The rational cubic of R. Delbourgo and J. Gregory, "Shape preserving piecewise rational interpolation" (1985): takes
 * values and slopes at both ends and the second derivative at one of them, and keeps the function monotonic and convex
 * where these allow it.
 *
 * @param x from `left.x` to `right.x`, which must differ.
 * @param curvature second derivative at the end that `curvatureAt` names.
 */
export function rationalCubic(
  x: number,
  left: CubicEnd,
  right: CubicEnd,
  curvature: number,
  curvatureAt: "left" | "right",
): number {
  const h = right.x - left.x;
  const chord = (right.y - left.y) / h;
  const overLeft = chord - left.slope;
  const overRight = right.slope - chord;
  const bend = right.slope - left.slope;
  const fitted = (0.5 * h * curvature + bend) / (curvatureAt === "left" ? overLeft : overRight);
  const monotonic = (left.slope + right.slope) / chord;
  const convex = Math.max(Math.abs(bend / overLeft), Math.abs(bend / overRight));
  const least = finiteOr(Math.max(LEAST_CONTROL, finiteOr(monotonic, 0), finiteOr(convex, 0)), 3);
  const control = Math.max(finiteOr(fitted, least), least);
  const t = (x - left.x) / h;
  const rest = 1 - t;
  return (
    (right.y * t * t * t +
      (control * right.y - h * right.slope) * t * t * rest +
      (control * left.y + h * left.slope) * t * rest * rest +
      left.y * rest * rest * rest) /
    (1 + (control - 3) * t * rest)
  );
}

function finiteOr(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}
