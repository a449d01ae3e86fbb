import { fstatSync, type Stats } from "node:fs";
import { stat } from "node:fs/promises";

const STDIN = 0;

/** Whether two paths name one file, by whatever names; `-` is what standard input was redirected from. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([a, b].map(statusOf));
  if (left === undefined || right === undefined || !left.isFile()) return false;
  return left.dev === right.dev && left.ino === right.ino;
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return path === "-" ? fstatSync(STDIN) : await stat(path);
  } catch {
    return undefined; // what cannot be looked at is no file yet: opening it will say what is wrong
  }
}
