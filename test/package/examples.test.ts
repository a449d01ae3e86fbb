import { existsSync, globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** A code block of an `@example`, from its first line on. */
interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: [
    "lib.es2023.d.ts",
    "lib.dom.d.ts",
    "lib.dom.iterable.d.ts",
    "lib.dom.asynciterable.d.ts",
    "lib.esnext.disposable.d.ts",
  ],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
};

/** The entries of the package, `strikewire/memory`, and the sources that they are built from. */
const ENTRIES: ReadonlyMap<string, string> = entrySources();

function entrySources(): ReadonlyMap<string, string> {
  const manifest: { exports: Record<string, unknown> } = JSON.parse(readFileSync("package.json", "utf8"));
  const subpaths = Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith(".json"));
  return new Map(
    subpaths.map((subpath) => {
      const source = [`src/${subpath}/index.ts`, `src/adapters/${subpath}/index.ts`].find(existsSync);
      if (source === undefined) throw new RangeError(`Cannot find the source of an entry: there is none of ${subpath}`);
      return [`strikewire${subpath.slice(1)}`, resolve(source)];
    }),
  );
}

/** Every `ts` block behind an `@example` in a file's comments. */
function examplesOf(file: string, text: string): readonly Example[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: comment, index }) => {
    const start = comment.indexOf("@example");
    if (start < 0) return [];
    return [...comment.slice(start).matchAll(/```ts\n([\s\S]*?)```/g)].map((block) => {
      const from = index + start + block.index + block[0].indexOf("\n") + 1;
      const code = (block[1] ?? "").replace(/^[ \t]*\*(?: |$)/gm, "");
      return { file, line: text.slice(0, from).split("\n").length, code };
    });
  });
}

/** Every `ts` block of a page that is a whole program: one that imports what it needs. */
function programsOf(file: string): readonly Example[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].flatMap(({ 1: code = "", index }) => {
    return /^import /m.test(code) ? [{ file, line: text.slice(0, index).split("\n").length + 1, code }] : [];
  });
}

/** Every name in a piece of code but those of members behind a dot. */
function namesIn(code: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isProperty = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && !isProperty) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(ts.createSourceFile("names.ts", code, ts.ScriptTarget.ES2022, true), visit);
  return names;
}

/** Names that a piece of code declares or imports itself. */
function declaredIn(code: string): ReadonlySet<string> {
  const file = ts.createSourceFile("declared.ts", code, ts.ScriptTarget.ES2022, true);
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (isDeclaration && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** A compiler over the sources, in which code that is in no file can be checked as well. */
class ExampleCompiler {
  readonly #host = ts.createCompilerHost(OPTIONS);
  readonly #parsed = new Map<string, ts.SourceFile | undefined>();
  readonly #virtual = new Map<string, string>();
  readonly #options: ts.CompilerOptions = {
    ...OPTIONS,
    paths: Object.fromEntries([...ENTRIES].map(([name, source]) => [name, [source]])),
  };

  constructor() {
    const { getSourceFile, fileExists, readFile } = this.#host;
    this.#host.getSourceFile = (name, target) => {
      const code = this.#virtual.get(name);
      if (code !== undefined) return ts.createSourceFile(name, code, target, true);
      if (!this.#parsed.has(name)) this.#parsed.set(name, getSourceFile(name, target));
      return this.#parsed.get(name);
    };
    this.#host.fileExists = (name) => this.#virtual.has(name) || fileExists(name);
    this.#host.readFile = (name) => this.#virtual.get(name) ?? readFile(name);
  }

  /** What is wrong with examples, each with file and line; a name is imported from an entry, or from the example's file. */
  errorsOf(examples: readonly Example[]): readonly string[] {
    const sources = [...new Set(examples.map(({ file }) => resolve(file)))];
    const exported = this.#exportsOf([...ENTRIES.values(), ...sources]);
    this.#virtual.clear();
    const placed = new Map(examples.map((example, index) => [resolve(`example-${index}.ts`), example]));
    for (const [path, { file, code }] of placed) {
      const candidates = [...ENTRIES, [resolve(file), resolve(file)] as const];
      const imports = [...namesIn(code)].flatMap((name) => {
        if (declaredIn(code).has(name)) return [];
        const from = candidates.find(([, source]) => exported.get(source)?.has(name));
        return from === undefined ? [] : [`import { ${name} } from ${JSON.stringify(from[0])};`];
      });
      // In front of the first line, so that lines stay what they are.
      this.#virtual.set(path, `${imports.join(" ")} export {}; ${code}`);
    }
    const program = ts.createProgram([...placed.keys()], this.#options, this.#host);
    return [...placed].flatMap(([path, { file, line }]) => {
      const source = program.getSourceFile(path);
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return found.map(({ start = 0, messageText }) => {
        const offset = source?.getLineAndCharacterOfPosition(start).line ?? 0;
        return `${file}:${line + offset}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
      });
    });
  }

  #exportsOf(sources: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
    const program = ts.createProgram([...sources], this.#options, this.#host);
    const checker = program.getTypeChecker();
    return new Map(
      sources.map((path) => {
        const file = program.getSourceFile(path);
        const symbol = file && checker.getSymbolAtLocation(file);
        return [path, new Set(symbol && checker.getExportsOfModule(symbol).map(({ name }) => name))];
      }),
    );
  }
}

const compiler = new ExampleCompiler();

describe("the examples of the README and of docs", () => {
  it("compile as they stand", () => {
    const programs = ["README.md", ...globSync("docs/**/*.md").sort()].flatMap(programsOf);
    expect(programs.length).toBeGreaterThan(10);
    expect(compiler.errorsOf(programs)).toEqual([]);
  });
});

describe("the examples in the documentation comments", () => {
  const examples = globSync("src/**/*.ts")
    .sort()
    .flatMap((file) => examplesOf(file, readFileSync(file, "utf8")));

  it("are found, all of them", () => {
    const tags = globSync("src/**/*.ts").flatMap((file) => readFileSync(file, "utf8").match(/^ *\* @example$/gm) ?? []);
    expect(examples.length).toBeGreaterThan(20);
    expect(examples).toHaveLength(tags.length);
  });

  it("compile as they stand, once the names of the package are imported", () => {
    expect(compiler.errorsOf(examples)).toEqual([]);
  });

  it("are refused with file and line where a name is made up or a type does not fit", () => {
    const comment = [
      "",
      "/**",
      " * @example",
      " * ```ts",
      " * seededRandom(1);",
      " * bytes += 1;",
      " * seededRandom('1');",
      " * ```",
      " */",
    ];
    expect(compiler.errorsOf(examplesOf("src/index.ts", comment.join("\n")))).toEqual([
      "src/index.ts:6: Cannot find name 'bytes'.",
      "src/index.ts:7: Argument of type 'string' is not assignable to parameter of type 'number'.",
    ]);
  });
});
