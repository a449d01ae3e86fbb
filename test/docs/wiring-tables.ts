import { globSync, readFileSync } from "node:fs";

/** A row of a table in the documentation, its cells by the names of their columns. */
export interface DocumentedRow {
  readonly file: string;
  readonly cells: Readonly<Record<string, string>>;
}

/** The pages on Redis, by file name. */
export function wiringPages(): ReadonlyMap<string, string> {
  const files = globSync("docs/wiring/*.md").sort();
  return new Map(files.map((file) => [file.replace("docs/wiring/", ""), readFileSync(file, "utf8")]));
}

/** The rows of every table whose first column has this name, in the order of the pages. */
export function rowsOf(pages: ReadonlyMap<string, string>, firstColumn: string): readonly DocumentedRow[] {
  return [...pages].flatMap(([file, text]) => {
    return tablesIn(text).flatMap(([head = [], , ...rows]) => {
      if (head[0] !== firstColumn) return [];
      return rows.map((row) => {
        if (row.length !== head.length) {
          throw new RangeError(
            `Cannot read ${file}: a row must have ${head.length} cells, it has ${row.length}: ${row[0]}`,
          );
        }
        return { file, cells: Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""])) };
      });
    });
  });
}

/** Text in backticks: names of keys, fields and channels. */
export function codeIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

function tablesIn(text: string): readonly (readonly (readonly string[])[])[] {
  const tables: (readonly string[])[][] = [];
  let isInside = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("|")) {
      if (!isInside) tables.push([]);
      tables.at(-1)?.push(cellsOf(line));
    }
    isInside = line.startsWith("|");
  }
  return tables;
}

function cellsOf(line: string): readonly string[] {
  const cells = line.trim().split(/(?<!\\)\|/);
  return cells.slice(1, -1).map((cell) => cell.trim().replaceAll("\\|", "|"));
}
