import { createRequire } from "node:module";

/** Prints what each entry that is named exports, to import and to require. */
const require = createRequire(import.meta.url);
for (const entry of process.argv.slice(2)) {
  const imported = Object.keys(await import(entry)).sort();
  console.log(entry, imported.join(), Object.keys(require(entry)).sort().join() === imported.join());
}
