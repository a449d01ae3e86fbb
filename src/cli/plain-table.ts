import Table from "cli-table3";

const NO_BORDERS = Object.fromEntries(
  [
    "top",
    "top-mid",
    "top-left",
    "top-right",
    "bottom",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left",
    "left-mid",
    "mid",
    "mid-mid",
    "right",
    "right-mid",
  ].map((name) => [name, ""]),
);

/**
 * A table without lines and colours.
 *
 * @param columns their names; `>` in front of one aligns it to the right.
 */
export function plainTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map((name) => name.replace(/^>/, "")),
    colAligns: columns.map((name) => (name.startsWith(">") ? "right" : "left")),
    chars: { ...NO_BORDERS, middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
