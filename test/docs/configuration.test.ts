import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/domain/config/read-config.ts";
import { SETTING_NAMES, SETTINGS } from "../../src/domain/config/settings.ts";
import { codeIn, rowsOf } from "./wiring-tables.ts";

const page = readFileSync("docs/configuration.md", "utf8");

/** A line per setting, so that a difference names it. */
function documented(text: string): readonly string[] {
  return rowsOf(new Map([["configuration.md", text]]), "environment").map(({ cells }) => {
    const { environment = "", "code and file": name = "", default: value = "", allowed = "", meaning = "" } = cells;
    return [codeIn(environment).join(), codeIn(name).join(), value, allowed, meaning].join(" / ");
  });
}

const settings = SETTING_NAMES.map((name) => {
  const { env, fallback, kind, meaning } = SETTINGS[name];
  const written = (kind.write as (value: unknown) => string)(fallback);
  return [env, name, written === "" ? "none" : `\`${written}\``, kind.allowed, meaning].join(" / ");
});

describe("the page on configuration", () => {
  it("has every setting once, with its names, its default, what is allowed and what it means", () => {
    expect([...documented(page)].sort()).toEqual([...settings].sort());
  });

  it("names no setting that does not exist", () => {
    const known = new Set(SETTING_NAMES.map((name) => SETTINGS[name].env));
    const named = [...page.matchAll(/\bMA(?:SSIVE|RKET)_[A-Z_]*[A-Z]/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(SETTING_NAMES.length);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it("shows the message of a refusal as it is", () => {
    const [, shown = ""] = /```\n(Cannot use the configuration[^`]*)\n```/.exec(page) ?? [];
    const env = { MASSIVE_WS_QUOTE_CAP: "abc", MASSIVE_WS_RECONNECT_DELAY_SEC: "90" };
    expect(() => readConfig({ env })).toThrow(expect.objectContaining({ message: shown }));
  });

  it("is in the README", () => {
    expect(readFileSync("README.md", "utf8")).toContain("](docs/configuration.md)");
  });
});

describe("the check of the page", () => {
  it.each([
    ["a setting that is missing", (text: string) => text.replace(/^\| `MASSIVE_LOG_LEVEL`.*\n/m, "")],
    ["another name", (text: string) => text.replace("| `MASSIVE_KEY_PREFIX`", "| `MASSIVE_KEY_PREFIXES`")],
    ["another name in code", (text: string) => text.replace("| `wsQuoteCap` ", "| `wsQuotecap` ")],
    ["another default", (text: string) => text.replace("| `2.25` ", "| `2.5` ")],
    ["a setting that is there twice", (text: string) => text + text.slice(text.lastIndexOf("## "))],
  ])("notices %s", (_, change) => {
    expect(change(page)).not.toBe(page);
    expect([...documented(change(page))].sort()).not.toEqual([...settings].sort());
  });
});
