import { integer } from "../integer-text.ts";

/**
 * What a terminal has room for, one row left for the cursor: lines are cut at the right, and the last one tells how many
 * there are besides.
 */
export function linesOfScreen(text: string, rows: number, columns: number): readonly string[] {
  const lines = text.trimEnd().split("\n");
  const room = Math.max(1, rows - 1);
  const shown = lines.length <= room ? lines : lines.slice(0, room - 1);
  const hidden = lines.length - shown.length;
  const more =
    hidden === 0 ? [] : [`and ${integer(hidden)} more lines: a higher window shows them, or a look without --watch`];
  return [...shown, ...more].map((line) => line.slice(0, columns));
}
