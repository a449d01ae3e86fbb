/** Runs a live source for a while under faults at random, and tells whether it leaks and whether its accounts balance. */
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { startOwnRedis } from "../test/support/redis/test-redis.ts";
import { mib } from "./leaks.ts";
import { runSoak } from "./soak.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    events: { type: "string", default: "5000" },
    "fault-every": { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
  },
});
const numberOf = (name: keyof typeof values): number => {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`Cannot soak: '--${name}' must be a number above 0, current value is ${values[name]}`);
};

const server = await startOwnRedis();
console.log(server.description);
try {
  const report = await runSoak({
    seconds: numberOf("seconds"),
    eventsPerSecond: numberOf("events"),
    faultEveryMs: numberOf("fault-every") * 1_000,
    seed: numberOf("seed"),
    redis: { url: server.url, prefix: "soak:" },
    onSample: ({ atSec, heapBytes, rssBytes, resources, listeners }) => {
      const { TCPSocketWrap: sockets = 0, Timeout: timers = 0 } = resources;
      console.log(
        `${atSec} s: heap ${mib(heapBytes)}, RSS ${mib(rssBytes)}, ${sockets} sockets, ${timers} timers, ${listeners} listeners`,
      );
    },
  });
  const { watches, findings, sums, faults, rows } = report;
  const table = new Table({ head: ["watched", "seen", "allowed", ""], style: { head: [], border: [] } });
  for (const { what, seen, allowed, isGood } of watches) table.push([what, seen, allowed, isGood ? "" : "LEAK"]);
  const balance = findings.length === 0 ? "" : "WRONG";
  table.push(["findings of the accounts", String(findings.length), "0", balance]);
  console.log(table.toString());
  const told = { faults, ...sums, "rows to the host": rows };
  for (const [name, value] of Object.entries(told)) console.log(`${name}: ${JSON.stringify(value)}`);
  for (const finding of findings.slice(0, 20)) console.log(finding);
  if (findings.length > 0 || watches.some(({ isGood }) => !isGood)) process.exitCode = 1;
} finally {
  await server.stop();
}
