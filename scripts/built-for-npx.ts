/**
 * Succeeds where `npx` asks for a package that is built already:
 *
 *     node scripts/built-for-npx.ts || npm run build
 *
 * The first `npx strikewire` of a clone has npm link and prepare the clone, like a package to be installed. Built anew by
 * that, `dist` would be gone for half a minute under whatever runs from it in another shell.
 */
import { existsSync } from "node:fs";

process.exitCode = process.env["npm_command"] === "exec" && existsSync("dist/cli/main.js") ? 0 : 1;
