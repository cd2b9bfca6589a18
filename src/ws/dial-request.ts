import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from "node:http";
import { request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { hostOfURL, isSecure, portOfURL } from "./dial-url.js";
import { BadHandshakeError } from "./errors.js";
import { acceptKey, hasToken } from "./handshake.js";
import { type DialOptions, withoutUndefined } from "./options.js";
import { type TakenOver, takeOver } from "./take-over.js";

/** How much of the body of an answer that refuses is kept. */
const maxBodyBytes = 1024;

/** The header fields that are ours to set. */
const ownHeaders: readonly string[] = [
  "upgrade",
  "connection",
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-extensions",
];

/**
 * Makes the request of a handshake, which is not sent yet.
 * @throws {TypeError} when the caller sets a header field that is ours
 */
export function makeRequest(url: URL, key: string, options: DialOptions): ClientRequest {
  const plain = requestOptions(url, headersOf(key, options));
  return isSecure(url) ? secureRequest({ ...plain, ...tlsOptions(options) }) : plainRequest(plain);
}

function requestOptions(url: URL, headers: Record<string, string | string[]>): RequestOptions {
  return { host: hostOfURL(url), port: portOfURL(url), path: url.pathname + url.search, agent: false, headers };
}

function tlsOptions(options: DialOptions): Omit<ConnectionOptions, "host" | "port" | "path" | "timeout"> {
  const { ca, cert, key, passphrase, minVersion, maxVersion, rejectUnauthorized, serverName: servername } = options;
  const tls = { ca, cert, key, passphrase, minVersion, maxVersion, rejectUnauthorized, servername };
  return { ...withoutUndefined(tls), ALPNProtocols: ["http/1.1"] };
}

function headersOf(key: string, options: DialOptions): Record<string, string | string[]> {
  const { subprotocols = [], headers = {} } = options;
  const all: Record<string, string | string[]> = {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": key,
    "Sec-WebSocket-Version": "13",
  };
  if (subprotocols.length > 0) all["Sec-WebSocket-Protocol"] = subprotocols.join(", ");
  for (const [name, value] of Object.entries(headers)) {
    const isOurs = ownHeaders.includes(name.toLowerCase());
    if (isOurs || (name.toLowerCase() === "sec-websocket-protocol" && subprotocols.length > 0)) {
      throw new TypeError(`websocket: duplicate header not allowed: ${name}`);
    }
    all[name] = typeof value === "string" ? value : [...value];
  }
  return all;
}

/** A server's agreement, not verified yet, and the socket that it came on. */
export interface Agreed extends TakenOver {
  response: IncomingMessage;
}

/** Sends a request; resolves when the server agrees to leave HTTP. */
export function whenAnswered(request: ClientRequest): Promise<Agreed> {
  return new Promise((resolve, reject) => {
    request.on("error", reject); // once settled this has no effect
    request.once("upgrade", (response, socket: Socket, head) => resolve({ response, ...takeOver(socket, head) }));
    request.once("response", (response) => {
      void readBody(response).then((body) => reject(badHandshake(`status ${response.statusCode}`, response, body)));
    });
    request.on("information", ({ statusCode }) => {
      // Node takes an answer with 101 for a provisional one if it lacks what makes it an upgrade.
      if (statusCode === 101) reject(new BadHandshakeError("no upgrade", { status: 101, headers: {}, body: nothing }));
    });
    request.end();
  });
}

const nothing = new Uint8Array(0);

/** Makes the error of an answer that does not agree. */
export function badHandshake(why: string, response: IncomingMessage, body = nothing): BadHandshakeError {
  return new BadHandshakeError(why, { status: response.statusCode ?? 0, headers: response.headers, body });
}

/** Reads as much of a body as is kept; what goes wrong meanwhile ends it. */
async function readBody(response: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Uint8Array(maxBodyBytes);
  let n = 0;
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      const part = chunk.subarray(0, maxBodyBytes - n);
      body.set(part, n);
      n += part.byteLength;
      if (n === maxBodyBytes) break;
    }
  } catch {
    // The status says enough.
  }
  return body.slice(0, n);
}

/** Says what is wrong with an agreement; `null` if nothing is. */
export function faultOf({ headers }: IncomingMessage, key: string, offered: readonly string[]): string | null {
  if (!hasToken(headers.upgrade, "websocket")) return "no 'websocket' in Upgrade";
  if (!hasToken(headers.connection, "upgrade")) return "no 'upgrade' in Connection";
  if (headers["sec-websocket-accept"] !== acceptKey(key)) return "wrong Sec-WebSocket-Accept";
  if (headers["sec-websocket-extensions"] !== undefined) return "an extension that was not offered";
  const chosen = headers["sec-websocket-protocol"];
  if (chosen !== undefined && offered.length > 0 && !offered.includes(chosen))
    return "a subprotocol that was not offered";
  return null;
}
