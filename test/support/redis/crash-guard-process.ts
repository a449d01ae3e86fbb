/** The program of the crash guard: reads orders until the process that gave them is gone, then removes what is left. */
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Guarded, GuardOrder } from "./crash-guard.ts";

const left = new Map<number, Guarded>();
for await (const line of createInterface({ input: process.stdin })) {
  const { id, guarded }: GuardOrder = JSON.parse(line);
  left.set(id, guarded);
}

for (const { pids = [], folders = [], containerLabel } of left.values()) {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  if (containerLabel !== undefined) {
    const { removeContainers } = await import("./containers.ts");
    await removeContainers(containerLabel);
  }
}
