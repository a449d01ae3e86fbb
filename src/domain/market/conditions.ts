/**
 * Option trade conditions: what the ids on a print say about it, after the provider's condition list for options, whose
 * codes are those of OPRA. Ids of stock trades are another space.
 */

/**
 * `cancel` takes an earlier print back, `late` reports a print out of order, `singleLeg` an auction, cross or floor
 * print, `multiLeg` a leg of an options package, `stockOption` a leg of a package with stock.
 */
export type TradeConditionClass = "cancel" | "late" | "regular" | "singleLeg" | "multiLeg" | "stockOption" | "special";

/** One condition of option trades. */
export interface TradeCondition {
  readonly id: number;
  /** OPRA code, `AUTO`. */
  readonly code: string;
  readonly name: string;
  readonly class: TradeConditionClass;
  /** Whether a print with it adds to volume. */
  readonly updatesVolume: boolean;
  /** Whether it can set the high or low of the day. */
  readonly updatesHighLow: boolean;
  /** Whether it can set the open or the last sale. */
  readonly updatesOpenClose: boolean;
}

/** What all conditions of one print say together. */
export interface TradeConditionFlags {
  /** It takes an earlier print back. */
  readonly cancel: boolean;
  /** Reported late and out of order: not the same as a row behind the watermark. */
  readonly lateReport: boolean;
  /** A leg of a package, of options alone or with stock: its price says nothing about who was the aggressor. */
  readonly multiLeg: boolean;
  readonly extendedHours: boolean;
  /** A cross of a single leg: both sides were found before. */
  readonly cross: boolean;
  /** Positions that were closed against each other at a price of their own. */
  readonly compression: boolean;
  readonly countsVolume: boolean;
  readonly countsHighLow: boolean;
  readonly countsOpenClose: boolean;
  /** Whether every id is in the table. */
  readonly known: boolean;
}

const CONDITIONS: readonly (readonly [number, string, string, TradeConditionClass])[] = [
  [201, "CANC", "Canceled", "cancel"],
  [202, "OSEQ", "Late and Out Of Sequence", "late"],
  [203, "CNCL", "Last and Canceled", "cancel"],
  [204, "LATE", "Late", "late"],
  [205, "CNCO", "Opening Trade and Canceled", "cancel"],
  [206, "OPEN", "Opening Trade, Late, and Out Of Sequence", "late"],
  [207, "CNOL", "Only Trade and Canceled", "cancel"],
  [208, "OPNL", "Opening Trade and Late", "regular"],
  [209, "AUTO", "Automatic Execution", "regular"],
  [210, "REOP", "Reopening Trade", "regular"],
  [219, "ISOI", "Intermarket Sweep Order", "regular"],
  [227, "SLAN", "Single Leg Auction Non ISO", "singleLeg"],
  [228, "SLAI", "Single Leg Auction ISO", "singleLeg"],
  [229, "SLCN", "Single Leg Cross Non ISO", "singleLeg"],
  [230, "SLCI", "Single Leg Cross ISO", "singleLeg"],
  [231, "SLFT", "Single Leg Floor Trade", "singleLeg"],
  [232, "MLET", "Multi Leg Auto-Electronic Trade", "multiLeg"],
  [233, "MLAT", "Multi Leg Auction", "multiLeg"],
  [234, "MLCT", "Multi Leg Cross", "multiLeg"],
  [235, "MLFT", "Multi Leg Floor Trade", "multiLeg"],
  [236, "MESL", "Multi Leg Auto-Electronic Trade against Single Leg", "multiLeg"],
  [237, "TLAT", "Stock Options Auction", "stockOption"],
  [238, "MASL", "Multi Leg Auction against Single Leg", "multiLeg"],
  [239, "MFSL", "Multi Leg Floor Trade against Single Leg", "multiLeg"],
  [240, "TLET", "Stock Options Auto-Electronic Trade", "stockOption"],
  [241, "TLCT", "Stock Options Cross", "stockOption"],
  [242, "TLFT", "Stock Options Floor Trade", "stockOption"],
  [243, "TESL", "Stock Options Auto-Electronic Trade against Single Leg", "stockOption"],
  [244, "TASL", "Stock Options Auction against Single Leg", "stockOption"],
  [245, "TFSL", "Stock Options Floor Trade against Single Leg", "stockOption"],
  [246, "CBMO", "Multi Leg Floor Trade of Proprietary Products", "special"],
  [247, "MCTP", "Multilateral Compression Trade of Proprietary Products", "special"],
  [248, "EXHT", "Extended Hours Trade", "special"],
];

const CROSSES: readonly number[] = [229, 230];
const MULTI_LEG_FLOOR_PROPRIETARY = 246;
const COMPRESSION_TRADE = 247;
const EXTENDED_HOURS = 248;

/**
 * Every known condition by its id.
 *
 * @example
 * ```ts
 * OPTION_TRADE_CONDITIONS.get(209)?.code; // "AUTO"
 * OPTION_TRADE_CONDITIONS.get(204)?.updatesVolume; // false
 * ```
 */
export const OPTION_TRADE_CONDITIONS: ReadonlyMap<number, TradeCondition> = new Map(
  CONDITIONS.map(([id, code, name, conditionClass]) => {
    const updatesVolume = conditionClass !== "cancel" && conditionClass !== "late";
    const updatesPrices = updatesVolume && conditionClass !== "special";
    return [
      id,
      Object.freeze({
        id,
        code,
        name,
        class: conditionClass,
        updatesVolume,
        updatesHighLow: updatesPrices,
        updatesOpenClose: updatesPrices,
      }),
    ];
  }),
);

// One bit for each way in which a print differs from a plain one, so that the strictest of several codes wins by OR.
const CANCEL = 1;
const LATE_REPORT = 2;
const MULTI_LEG = 4;
const EXTENDED = 8;
const NO_VOLUME = 16;
const NO_HIGH_LOW = 32;
const NO_OPEN_CLOSE = 64;
const UNKNOWN = 128;
const CROSS = 256;
const COMPRESSION = 512;
const ALL = 1_023;

const BITS_OF_ID: Uint16Array = new Uint16Array(256).fill(UNKNOWN);
for (const condition of OPTION_TRADE_CONDITIONS.values()) BITS_OF_ID[condition.id] = bitsOf(condition);

const PLAIN: TradeConditionFlags = flagsOf(0);
const FLAGS_OF_BITS: readonly TradeConditionFlags[] = Array.from({ length: ALL + 1 }, (_, bits) =>
  bits === 0 ? PLAIN : flagsOf(bits),
);

/**
 * What the conditions of a print say together: of several codes the strictest wins. An id outside the table changes
 * nothing but `known`: a print is not left out for a code that we cannot read. A print without conditions counts in
 * full: the provider does not say otherwise, and a trade left out would be lost without a trace.
 *
 * Never allocates: equal answers are the same frozen object.
 *
 * @example
 * ```ts
 * classifyConditions([209]).countsVolume; // true
 * classifyConditions([209, 201]).countsVolume; // false: a cancel
 * classifyConditions(undefined).countsVolume; // true
 * ```
 */
export function classifyConditions(conditions: readonly number[] | undefined): TradeConditionFlags {
  if (conditions === undefined) return PLAIN;
  let bits = 0;
  for (let index = 0; index < conditions.length; index++) bits |= BITS_OF_ID[conditions[index] ?? -1] ?? UNKNOWN;
  return FLAGS_OF_BITS[bits] ?? PLAIN;
}

function bitsOf(condition: TradeCondition): number {
  const { id, class: conditionClass, updatesVolume, updatesHighLow, updatesOpenClose } = condition;
  const multiLeg =
    conditionClass === "multiLeg" || conditionClass === "stockOption" || id === MULTI_LEG_FLOOR_PROPRIETARY;
  return (
    (conditionClass === "cancel" ? CANCEL : 0) |
    (conditionClass === "late" ? LATE_REPORT : 0) |
    (multiLeg ? MULTI_LEG : 0) |
    (id === EXTENDED_HOURS ? EXTENDED : 0) |
    (CROSSES.includes(id) ? CROSS : 0) |
    (id === COMPRESSION_TRADE ? COMPRESSION : 0) |
    (updatesVolume ? 0 : NO_VOLUME) |
    (updatesHighLow ? 0 : NO_HIGH_LOW) |
    (updatesOpenClose ? 0 : NO_OPEN_CLOSE)
  );
}

function flagsOf(bits: number): TradeConditionFlags {
  return Object.freeze({
    cancel: (bits & CANCEL) !== 0,
    lateReport: (bits & LATE_REPORT) !== 0,
    multiLeg: (bits & MULTI_LEG) !== 0,
    extendedHours: (bits & EXTENDED) !== 0,
    cross: (bits & CROSS) !== 0,
    compression: (bits & COMPRESSION) !== 0,
    countsVolume: (bits & NO_VOLUME) === 0,
    countsHighLow: (bits & NO_HIGH_LOW) === 0,
    countsOpenClose: (bits & NO_OPEN_CLOSE) === 0,
    known: (bits & UNKNOWN) === 0,
  });
}
