import { readFile } from "node:fs/promises";

/** Asks a worker's module in this very process, with a file as the request's body where one is named. */
const [, , module = "", query = "", file] = process.argv;
const { default: worker } = await import(module);
const init = file === undefined ? {} : { method: "POST", body: await readFile(file, "utf8") };
console.log(await (await worker.fetch(new Request(`http://localhost/${query}`, init))).text());
