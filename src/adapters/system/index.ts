/**
 * The machine's own time, on any runtime.
 *
 * @module
 */
export { SYSTEM_CLOCK } from "./clock.ts";
