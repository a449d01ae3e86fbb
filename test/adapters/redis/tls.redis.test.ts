import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CURSOR_START } from "../../../src/domain/stream/cursor.ts";
import type { BusMessage } from "../../../src/ports/message-bus.ts";
import { sampleFrames } from "../../../src/testing/raw-log/samples.ts";
import { type FaultPorts, openFaultPorts } from "../../support/redis/fault-ports.ts";
import { type Keyspace, openKeyspace } from "../../support/redis/keyspace.ts";
import { startTlsProxy, type TlsProxy } from "../../support/redis/tls-proxy.ts";
import { until } from "../../support/until.ts";

const never = new AbortController().signal;

let keyspace: Keyspace;
let proxy: TlsProxy;
let opened: FaultPorts[];
beforeEach(async () => {
  keyspace = openKeyspace();
  proxy = await startTlsProxy(keyspace.url);
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((ports) => ports.close()));
  await proxy.close();
  await keyspace.clear();
});

/** Opens a URL with the user, the password and the database of the run's Redis. */
function open(url: string, options: Parameters<typeof openFaultPorts>[1] = {}): FaultPorts {
  const { username, password, pathname } = new URL(keyspace.url);
  const credentials = password === "" ? "" : `${username}:${password}@`;
  const whole = `${url.replace("//", `//${credentials}`)}${pathname}`;
  const ports = openFaultPorts(whole, { keyPrefix: keyspace.prefix, ...options });
  opened.push(ports);
  return ports;
}

describe("a Redis behind TLS", () => {
  it("takes commands, reads that wait and subscriptions, each on a connection by TLS", async () => {
    const { connection, log, bus } = open(proxy.url, { tls: { ca: proxy.authority } });
    await connection.ready();
    expect(connection.label).toMatch(/^rediss:/);
    const heard: BusMessage[] = [];
    await bus.subscribe("news", (message) => heard.push(message), never);
    const reading = log.read(CURSOR_START, 10, 60_000, never);
    await until("the read waits", () => proxy.received().toLowerCase().includes("xread"));
    await log.append("p", 1, sampleFrames(1, 2));
    expect((await reading).entries.length).toBeGreaterThan(0);
    await bus.publish("news", "told");
    await until("it is told", () => heard.length === 2);
    expect(heard).toEqual([{ kind: "resync" }, { kind: "message", body: "told" }]);
    expect(proxy.received().toLowerCase()).toContain("subscribe");
  });

  it("whose certificate nobody vouches for is told no word, and is tried on", async () => {
    const { connection, log } = open(proxy.url);
    await until("it was tried twice", () => {
      return connection.state.kind === "connecting" && connection.state.attempts >= 2;
    });
    const failing = log.append("p", 1, sampleFrames(1, 1));
    await expect(failing).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    const { state } = connection;
    expect(state.kind === "connecting" ? String(state.error) : state.kind).toContain("self-signed certificate");
    expect(proxy.received()).toBe("");
  });
});
