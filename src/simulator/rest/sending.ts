import type { ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";
import { encodeJson, type Json, type JsonObject } from "./json.ts";
import type { RestFault } from "./rest-fault.ts";

/** What went out. */
export interface Sent {
  /** 0 where the client was gone. */
  readonly status: number;
  /** Of the body, as far as it was sent. */
  readonly bytes: number;
}

const HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>";

/** An answer without the fields that faults take away. */
export function spoiled(answer: Answer, faults: readonly RestFault[]): Answer {
  const missing = faults.flatMap((fault) => (fault.kind === "restMissing" ? fault.fields : []));
  if (missing.length === 0 || answer.status !== 200 || isText(answer.body)) return answer;
  return { ...answer, body: without(answer.body, new Set(missing), 0) };
}

/** Fields are taken away at the top, from rows, and from what lies in a row: `last_updated`. */
function without(value: Json, missing: ReadonlySet<string>, depth: number): Json {
  if (Array.isArray(value)) return value.map((one: Json) => without(one, missing, depth));
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, Json | undefined> = {};
  for (const [name, field] of Object.entries(value as JsonObject)) {
    if (field !== undefined && !missing.has(name)) kept[name] = depth < 3 ? without(field, missing, depth + 1) : field;
  }
  return kept;
}

/** Sends an answer, as far as faults let it. */
export function send(response: ServerResponse, answer: Answer, faults: readonly RestFault[]): Sent {
  if (response.destroyed) return { status: 0, bytes: 0 };
  const { text, type } = written(
    answer,
    faults.find((one) => one.kind === "restBody"),
  );
  const body = Buffer.from(text);
  response.writeHead(answer.status, { ...answer.headers, "Content-Type": type, "Content-Length": body.length });
  const cut = faults.find((one) => one.kind === "restCut");
  if (cut === undefined) {
    response.end(body);
    return { status: answer.status, bytes: body.length };
  }
  const kept = body.subarray(0, Math.min(Math.floor(body.length * (cut.share ?? 0.5)), Math.max(0, body.length - 1)));
  response.flushHeaders();
  // The connection ends when what is sent has left.
  if (kept.length === 0) setImmediate(() => response.destroy());
  else response.write(kept, () => response.destroy());
  return { status: answer.status, bytes: kept.length };
}

function written(
  { body }: Answer,
  fault: Extract<RestFault, { kind: "restBody" }> | undefined,
): { readonly text: string; readonly type: string } {
  const whole = isText(body) ? body : { text: encodeJson(body), type: "application/json" };
  if (fault === undefined) return whole;
  if (fault.form === "empty") return { text: "", type: whole.type };
  if (fault.form === "truncated") return { ...whole, text: whole.text.slice(0, Math.floor(whole.text.length / 2)) };
  return { text: HTML, type: "text/html" };
}

function isText(body: Answer["body"]): body is { readonly text: string; readonly type: string } {
  return (
    typeof body === "object" && body !== null && "text" in body && "type" in body && Object.keys(body).length === 2
  );
}
