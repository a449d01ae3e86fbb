import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const pages = ["README.md", "captures/README.md", ...globSync("docs/**/*.md").sort()];

/** Headings as links name them. */
function headingsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => {
    return title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-");
  });
}

/** Links of a page that lead nowhere: no such file, or no such heading in it. */
function brokenIn(page: string): readonly string[] {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return links.filter((target) => {
    if (/^https?:/.test(target)) return false;
    const [path = "", heading] = target.split("#");
    const file = path === "" ? page : join(dirname(page), path);
    return !existsSync(file) || (heading !== undefined && !headingsOf(readFileSync(file, "utf8")).includes(heading));
  });
}

it.each(pages)("every link of %s leads to a file and heading that are there", (page) => {
  expect(brokenIn(page)).toEqual([]);
});

it("the README leads to every page of docs", () => {
  const readme = readFileSync("README.md", "utf8");
  const own = globSync("docs/*.md").filter((page) => !readme.includes(`](${page})`));
  expect(own).toEqual([]);
});
