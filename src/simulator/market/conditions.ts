/**
 * The provider's condition lists that the model prints with. Shared and frozen: an event refers to one, never owns it.
 * A list is one print's whole `c` field.
 */
const list = (...ids: readonly number[]): readonly number[] => Object.freeze(ids);

export const AUTOMATIC: readonly number[] = list(209);
export const INTERMARKET_SWEEP: readonly number[] = list(219);
export const SINGLE_LEG_AUCTION: readonly number[] = list(227);
export const SINGLE_LEG_CROSS: readonly number[] = list(229);
export const SINGLE_LEG_FLOOR: readonly number[] = list(231);

/** Prints that take an earlier one back. Only the first two follow an ordinary print. */
export const CANCELED: readonly number[] = list(201);
export const LAST_AND_CANCELED: readonly number[] = list(203);

/** Prints reported long after they happened; they count in no volume. */
export const LATE: readonly number[] = list(204);
export const LATE_OUT_OF_SEQUENCE: readonly number[] = list(202);

export const MULTI_LEG_AUTO: readonly number[] = list(232);
export const MULTI_LEG_AUCTION: readonly number[] = list(233);
export const MULTI_LEG_CROSS: readonly number[] = list(234);
export const MULTI_LEG_FLOOR: readonly number[] = list(235);
