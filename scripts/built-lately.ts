/**
 * Succeeds where what is built is no older than what it is built from, so that nobody runs the code of last week after a
 * pull:
 *
 *     node scripts/built-lately.ts || npm run build
 */
import { existsSync, globSync, statSync } from "node:fs";

const BUILT = "dist/cli/main.js";
const SOURCES = ["src/**/*.ts", "tsup.config.ts", "package.json"];

const changedAtMs = (path: string): number => statSync(path).mtimeMs;
const isLate = (): boolean => globSync(SOURCES).some((path) => changedAtMs(path) > changedAtMs(BUILT));

process.exitCode = existsSync(BUILT) && !isLate() ? 0 : 1;
