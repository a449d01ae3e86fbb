import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived. */
export interface SeenRequest {
  /** Path and query, verbatim. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a test answers with: a body with status 200, or anything that it does to the response itself. */
export type ScriptedAnswer = string | object | ((response: ServerResponse, request: SeenRequest) => void);

/** A server that answers what a test says, one answer per request in order; the last one again and again. */
export interface ScriptedRest {
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
  answer(...answers: readonly ScriptedAnswer[]): void;
  close(): Promise<void>;
}

/** Answers with a status, a body and headers. */
export function reply(
  status: number,
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
): ScriptedAnswer {
  return (response) => {
    response.writeHead(status, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

/** Starts one on loopback. */
export async function startScriptedRest(): Promise<ScriptedRest> {
  const requests: SeenRequest[] = [];
  let script: ScriptedAnswer[] = [];
  const server = createServer((message, response) => {
    const request = { url: message.url ?? "", headers: message.headers };
    requests.push(request);
    const answer = script.length > 1 ? script.shift() : script[0];
    if (typeof answer === "function") answer(response, request);
    else response.end(typeof answer === "string" ? answer : JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    answer(...answers) {
      script = [...answers];
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}
