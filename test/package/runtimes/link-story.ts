import type { LinkClosed } from "strikewire";
import { WsFeedConnector, type WsFeedOptions } from "strikewire/ws";

/** Everything that a link tells, in order; `until` resolves once something that begins like this was heard. */
function listener() {
  const heard: string[] = [];
  let look = (): void => {};
  const hear = (text: string): void => {
    heard.push(text);
    look();
  };
  const sink = {
    open: () => hear("open"),
    alive: () => hear("alive"),
    frame: (payload: string | Uint8Array) => hear(typeof payload === "string" ? payload : `bytes ${[...payload]}`),
    // The standard keeps 1009 from clients, for which 4009 stands in; Bun permits it. What a link broke with is told in
    // the runtime's own words, but for what the connector found itself.
    closed: ({ code, reason, error }: LinkClosed) =>
      hear(
        `closed ${code === 1009 ? 4009 : code} '${reason}' ${String(error).includes("at most 1000 bytes") ? "too large" : "as it may"}`,
      ),
  };
  const until = (beginning: string): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (heard.some((text) => text.startsWith(beginning))) resolve();
      };
      look();
    });
  return { heard, sink, until };
}

/** What links to a test's server are like, from the first word to every kind of end, as JSON. */
export async function linkStory(url: string, options: WsFeedOptions): Promise<string> {
  const { signal } = new AbortController();
  const connector = new WsFeedConnector({ ...options, maxFrameBytes: 1_000 });
  const impatient = new WsFeedConnector({ ...options, handshakeTimeoutMs: 100 });
  const failure = (link: Promise<unknown>) =>
    link.then(
      () => "a link",
      ({ name, reason, status }) => ({ name, reason, status }),
    );
  const missing = await failure(connector.connect(`${url}/missing`, listener().sink, signal));
  const hanging = await failure(impatient.connect(`${url}/hanging`, listener().sink, signal));

  const talk = listener();
  const link = await connector.connect(`${url}/talk`, talk.sink, signal);
  link.send("echo");
  await talk.until("echo");
  // Told where the runtime has pings.
  if (link.ping()) await talk.until("alive");
  link.close(4001, "so long");
  await talk.until("closed");

  const ended = listener();
  await connector.connect(`${url}/ended`, ended.sink, signal);
  await ended.until("closed");
  const large = listener();
  await connector.connect(`${url}/large`, large.sink, signal);
  await large.until("closed");
  const cut = listener();
  await connector.connect(`${url}/cut`, cut.sink, signal);
  await cut.until("closed");

  const paused = listener();
  const other = listener();
  const held = await connector.connect(`${url}/talk`, paused.sink, signal);
  await paused.until("bytes 1,2,3");
  const helper = await connector.connect(`${url}/talk`, other.sink, signal);
  held.pause();
  held.send("behind the pause");
  // By the time of ten answers to another link, one to this one has long been here.
  for (let turn = 0; turn < 10; turn++) {
    helper.send(`turn ${turn}`);
    await other.until(`turn ${turn}`);
  }
  const inPause = paused.heard.includes("behind the pause");
  held.resume();
  await paused.until("behind the pause");
  held.close(1000, "");
  helper.close(1000, "");
  await Promise.all([paused.until("closed"), other.until("closed")]);
  return JSON.stringify({
    ...{ capabilities: link.capabilities, missing, hanging, talk: talk.heard },
    ...{ ended: ended.heard, large: large.heard, cut: cut.heard, inPause, paused: paused.heard },
  });
}
