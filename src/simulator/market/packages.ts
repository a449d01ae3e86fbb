import type { Random } from "../../domain/random.ts";
import type { ContractUniverse, MarketContract } from "./contract-universe.ts";
import { type Alternatives, drawShare, type Share } from "./share.ts";

/** One leg of a package order: how many contracts per package, above 0 bought and below 0 sold by its buyer. */
interface PackageLeg {
  readonly contract: MarketContract;
  readonly ratio: number;
}

type PackageShape = "vertical" | "butterfly" | "straddle";

/** Shapes of package orders. */
const SHAPES: Alternatives<Share & { readonly shape: PackageShape }> = [
  { shape: "vertical", share: 0.55 },
  { shape: "butterfly", share: 0.25 },
  { shape: "straddle", share: 0.2 },
];

/** The strikes between the legs of verticals and butterflies. */
const STRIKES_APART = 2;

/** Draws a package around a contract. */
export function drawPackage(universe: ContractUniverse, anchor: MarketContract, random: Random): readonly PackageLeg[] {
  return legsOf(universe, anchor, drawShare(SHAPES, random).shape);
}

/** Every package that may be drawn around a contract, with its probability. */
export function possiblePackages(
  universe: ContractUniverse,
  anchor: MarketContract,
): readonly (Share & { readonly legs: readonly PackageLeg[] })[] {
  return SHAPES.map(({ shape, share }) => ({ legs: legsOf(universe, anchor, shape), share }));
}

/** Legs of a package. Where the listed strikes end it is the straddle, which every contract has. */
function legsOf(universe: ContractUniverse, anchor: MarketContract, shape: PackageShape): readonly PackageLeg[] {
  const { first, count, toOtherRight } = universe.seriesOf(anchor);
  const place = anchor.index - first;
  const at = (offset: number): MarketContract | undefined =>
    place + offset >= 0 && place + offset < count ? universe.contracts[anchor.index + offset] : undefined;

  if (shape === "vertical") {
    const far = at(anchor.right === "C" ? STRIKES_APART : -STRIKES_APART);
    if (far !== undefined)
      return [
        { contract: anchor, ratio: 1 },
        { contract: far, ratio: -1 },
      ];
  }
  if (shape === "butterfly") {
    const below = at(-STRIKES_APART);
    const above = at(STRIKES_APART);
    if (below !== undefined && above !== undefined) {
      return [
        { contract: below, ratio: 1 },
        { contract: anchor, ratio: -2 },
        { contract: above, ratio: 1 },
      ];
    }
  }
  const other = universe.contracts[anchor.index + toOtherRight];
  return other === undefined
    ? [{ contract: anchor, ratio: 1 }]
    : [
        { contract: anchor, ratio: 1 },
        { contract: other, ratio: 1 },
      ];
}
