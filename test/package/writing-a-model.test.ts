import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { exampleOutput } from "./readme-example.ts";

it("the page on writing a model has one that runs, and prints what it shows", async () => {
  const page = "docs/writing-a-model.md";
  const [, shown] = /It prints\n\n```text\n([\s\S]*?)```/.exec(readFileSync(page, "utf8")) ?? [];
  expect(await exampleOutput("const maxPain: ModelDefinition", (code) => code, page)).toBe(shown);
});
