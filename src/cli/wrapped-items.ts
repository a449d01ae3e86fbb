/** Items on one line, or, where they need more columns than there are, on several. */
export function wrapped(items: readonly string[], columns: number | undefined): string {
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    const longer = line === "" ? item : `${line} | ${item}`;
    if (columns !== undefined && line !== "" && longer.length > columns) {
      lines.push(line);
      line = item;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join("\n");
}
