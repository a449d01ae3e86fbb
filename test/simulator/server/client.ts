import { WebSocket } from "ws";
import { until } from "../../support/until.ts";

/** One object of a frame. */
export type WireObject = Readonly<Record<string, unknown>>;

/** A plain client of the simulator: it notes what comes and knows nothing of strikewire. */
export class TestClient {
  readonly socket: WebSocket;
  /** Frames as they came. */
  readonly frames: string[] = [];
  pongs = 0;
  closed: { readonly code: number; readonly reason: string } | undefined;
  failure: Error | undefined;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on("message", (data) => this.frames.push(String(data)));
    this.socket.on("pong", () => {
      this.pongs += 1;
    });
    this.socket.on("error", (error) => {
      this.failure = error;
    });
    this.socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
  }

  /** A client whose key was accepted. */
  static async authenticated(url: string, key = "any"): Promise<TestClient> {
    const client = new TestClient(url);
    await client.hears("connected");
    client.request("auth", key);
    await client.hears("auth_success");
    return client;
  }

  request(action: string, params: string): void {
    this.socket.send(JSON.stringify({ action, params }));
  }

  /** Everything that came, frame borders aside. Frames that are no JSON are left out. */
  objects(): WireObject[] {
    return this.frames.flatMap((frame) => {
      try {
        return JSON.parse(frame) as WireObject[];
      } catch {
        return [];
      }
    });
  }

  /** `status: message` of every status that came. */
  statuses(): string[] {
    return this.objects()
      .filter(({ ev }) => ev === "status")
      .map(({ status, message }) => `${status}: ${message}`);
  }

  /** Events of a channel. */
  events(channel: string): WireObject[] {
    return this.objects().filter(({ ev }) => ev === channel);
  }

  /** Waits for a status that begins so. */
  hears(status: string): Promise<void> {
    return until(`a status ${status}`, () => this.statuses().some((text) => text.startsWith(status)));
  }

  async subscribes(topic: string): Promise<void> {
    this.request("subscribe", topic);
    await this.hears(`success: subscribed to: ${topic.split(",").at(-1)}`);
  }

  async ends(): Promise<{ readonly code: number; readonly reason: string }> {
    await until("the connection ends", () => this.closed !== undefined);
    return this.closed ?? { code: 0, reason: "" };
  }
}
