import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { binaryOf } from "./runtimes.ts";

/** The runtime of Cloudflare Workers, with workers that are served. */
export interface Workerd {
  /** `http://127.0.0.1:N/` of each worker, by its module. */
  readonly urls: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

/**
 * Bundles modules of a project, as tools for workers do, and serves each by itself: without a flag, so that there is nothing of
 * Node, and with a network that leads to this machine.
 */
export async function startWorkerd(folder: string, modules: readonly string[]): Promise<Workerd> {
  await build({
    ...{
      absWorkingDir: join(process.cwd(), folder),
      entryPoints: [...modules],
      outdir: "bundled",
      outExtension: { ".js": ".mjs" },
    },
    ...{ bundle: true, format: "esm", platform: "neutral", target: "es2022", logLevel: "error" },
    ...{ conditions: ["workerd", "worker", "browser"], mainFields: ["browser", "module", "main"] },
  });
  const names = modules.map((module) => module.replace(/\.ts$/, ""));
  const services = names.map((name) => {
    const script = `(name = "${name}", esModule = embed "bundled/${name}.mjs")`;
    return `(name = "${name}", worker = (modules = [${script}], compatibilityDate = "2026-11-01"))`;
  });
  services.push(`(name = "internet", network = (allow = ["local", "private"]))`);
  const sockets = names.map((name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`);
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [${services.join()}], sockets = [${sockets.join()}]);`;
  writeFileSync(join(folder, "workerd.capnp"), config);

  const child = spawn(binaryOf("workerd"), ["serve", "--control-fd=3", "workerd.capnp"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    // It outlives no file of tests, whatever becomes of that.
    timeout: 120_000,
  });
  const ended = once(child, "close");
  let complaints = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const urls = new Map<string, string>();
  let told = "";
  for await (const text of (child.stdio[3] as Readable).setEncoding("utf8")) {
    told += text;
    const lines = told.split("\n");
    told = lines.pop() ?? "";
    for (const line of lines) {
      const { event, socket, port }: { event: string; socket: string; port: number } = JSON.parse(line);
      if (event === "listen") urls.set(`${socket}.ts`, `http://127.0.0.1:${port}/`);
    }
    if (urls.size === modules.length) break;
  }
  if (urls.size < modules.length) throw new Error(`Cannot serve workers: workerd must listen, it said ${complaints}`);
  return {
    urls,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
