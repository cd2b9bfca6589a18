import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Bytes } from "../net/conn.js";
import { acceptKey, hasToken } from "./handshake.js";
import type { HandshakeResponse } from "./handshake-response.js";
import { type TakenOver, takeOver } from "./take-over.js";

/** How much of the body of an answer that refuses is kept. */
const maxBodyBytes = 1024;
const nothing = new Uint8Array(0);

/** The head of an answer. */
type Head = Pick<IncomingMessage, "statusCode" | "statusMessage" | "headers" | "rawHeaders">;

/** What came of a request: the head of the answer with the stream, or with its body where the server refuses. */
export interface Answer {
  readonly head: Head;
  readonly taken: TakenOver<Duplex> | null;
  readonly body: IncomingMessage | null;
}

/** Sends the request of a handshake on a stream that is connected; resolves to the answer, not verified yet. */
export function ask(
  stream: Duplex,
  path: string,
  headers: Record<string, string | string[]>,
  signal: AbortSignal,
): Promise<Answer> {
  const request = httpRequest({ path, headers, setHost: false, createConnection: () => stream });
  const abort = () => request.destroy();
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  const answered = whenAnswered(request);
  const release = () => signal.removeEventListener("abort", abort);
  answered.then(release, release);
  return answered;
}

function whenAnswered(request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on("error", reject); // once settled this has no effect
    request.once("upgrade", (head, socket: Duplex, rest) =>
      resolve({ head, taken: takeOver(socket, rest), body: null }),
    );
    request.once("response", (response) => {
      response.on("error", () => {}); // what has come of it is enough
      resolve({ head: response, taken: null, body: response });
    });
    request.on("information", (head) => {
      // Node takes an answer with 101 for a provisional one if it lacks what makes it an upgrade.
      if (head.statusCode === 101) resolve({ head, taken: null, body: null });
    });
    request.end();
  });
}

/** Reads as much of a body as is kept; its end, a failure and the signal end it alike. */
export function readBody(body: IncomingMessage, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve) => {
    const kept = new Uint8Array(maxBodyBytes);
    let n = 0;
    const end = () => {
      signal.removeEventListener("abort", end);
      resolve(kept.slice(0, n));
    };
    signal.addEventListener("abort", end);
    body.once("close", end);
    body.on("data", (chunk: Bytes) => {
      const part = chunk.subarray(0, maxBodyBytes - n);
      kept.set(part, n);
      n += part.byteLength;
      if (n === maxBodyBytes) end();
    });
    if (body.destroyed || signal.aborted) end();
  });
}

/** Makes plain data of an answer. */
export function responseOf(
  { statusCode, statusMessage, headers, rawHeaders }: Head,
  body = nothing,
): HandshakeResponse {
  return { status: statusCode ?? 0, statusText: statusMessage ?? "", headers, rawHeaders: pairs(rawHeaders), body };
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? "", flat[2 * i + 1] ?? ""]);
}

/** Says what is wrong with an answer; `null` if nothing is. Extensions are judged by who knows them. */
export function faultOf({ statusCode, headers }: Head, key: string, offered: readonly string[]): string | null {
  if (statusCode !== 101) return `status ${statusCode}`;
  if (!hasToken(headers.upgrade, "websocket")) return "no 'websocket' in Upgrade";
  if (!hasToken(headers.connection, "upgrade")) return "no 'upgrade' in Connection";
  if (headers["sec-websocket-accept"] !== acceptKey(key)) return "wrong Sec-WebSocket-Accept";
  const chosen = headers["sec-websocket-protocol"] ?? "";
  return chosen === "" || offered.includes(chosen) ? null : "a subprotocol that was not offered";
}
