#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { run } from "./run.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

// Failures of a write are told to whoever wrote; without a listener they would end the process.
process.stdout.on("error", () => undefined);
process.exitCode = await run(process.argv, version);
