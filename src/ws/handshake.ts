import { createHash, randomBytes } from "node:crypto";
import { type IncomingHttpHeaders, STATUS_CODES } from "node:http";

/** RFC 6455 section 1.3. */
const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Computes the answer to a `Sec-WebSocket-Key`. */
export function acceptKey(key: string): string {
  return createHash("sha1")
    .update(key + acceptSuffix)
    .digest("base64");
}

/** Makes a `Sec-WebSocket-Key`. */
export function challengeKey(): string {
  return randomBytes(16).toString("base64");
}

/** Tells whether a comma-separated header has this token, in whatever case. */
export function hasToken(header: string | undefined, token: string): boolean {
  return listOf(header).some((item) => item.toLowerCase() === token);
}

/** Splits a comma-separated header. */
function listOf(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** What of a request the handshake looks at. */
export interface HandshakeRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Says why a request is refused. */
export interface Refusal {
  readonly status: number;
  /** The reason, in gorilla's words; it is not told to the client. */
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
}

const notWebSocket = "websocket: the client is not using the websocket protocol: ";

/**
 * Checks a request, in gorilla's order; returns `null` for a good one. `checkOrigin` is asked in its turn.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1 | RFC 6455 section 4.2.1}
 */
export function refusalOf(request: HandshakeRequest, checkOrigin: () => boolean): Refusal | null {
  const { headers, method } = request;
  const isWebSocket = hasToken(headers.upgrade, "websocket");
  if (!hasToken(headers.connection, "upgrade") && (isWebSocket || headers.upgrade !== undefined)) {
    return refuse(400, `${notWebSocket}'upgrade' token not found in 'Connection' header`);
  }
  if (!isWebSocket) {
    return refuse(426, `${notWebSocket}'websocket' token not found in 'Upgrade' header`, { Upgrade: "websocket" });
  }
  if (method !== "GET") return refuse(405, `${notWebSocket}request method is not GET`);
  if (!hasToken(headers["sec-websocket-version"], "13")) {
    return refuse(400, "websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header");
  }
  if (!checkOrigin()) return refuse(403, "websocket: request origin not allowed by Upgrader.CheckOrigin");
  if (isChallengeKey(headers["sec-websocket-key"])) return null;
  const rule = "'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length";
  return refuse(400, `websocket: not a websocket handshake: ${rule}`);
}

function refuse(status: number, reason: string, headers: Record<string, string> = {}): Refusal {
  return { status, reason, headers: { "Sec-WebSocket-Version": "13", ...headers } };
}

function isChallengeKey(key: string | undefined): boolean {
  return key !== undefined && /^[A-Za-z0-9+/]{22}==$/.test(key);
}

/** Tells whether a request comes from a page of the host that it is for, or from no page at all. */
export function isSameOrigin({ headers }: HandshakeRequest): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#@]*)/i.exec(origin)?.[1];
  return authority !== undefined && authority.toLowerCase() === host?.toLowerCase();
}

/** Chooses the first of the client's subprotocols that the server speaks; empty if there is none. */
export function chooseSubprotocol(request: HandshakeRequest, spoken: readonly string[]): string {
  return listOf(request.headers["sec-websocket-protocol"]).find((offered) => spoken.includes(offered)) ?? "";
}

/** Prints the answer that agrees. */
export function agreement(key: string, subprotocol: string): string {
  const lines = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${acceptKey(key)}`];
  if (subprotocol !== "") lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** Returns the header fields and the body of an answer that refuses; the reason is not told. */
export function refusalAnswer({ status, headers }: Refusal): { headers: Record<string, string>; body: string } {
  const body = `${STATUS_CODES[status] ?? ""}\n`;
  return {
    headers: {
      ...headers,
      Connection: status === 426 ? "Upgrade, close" : "close",
      "Content-Type": "text/plain; charset=utf-8",
      "X-Content-Type-Options": "nosniff",
      "Content-Length": String(body.length),
    },
    body,
  };
}

/** Prints an answer that refuses, for a socket that the HTTP server has let go. */
export function refusalText(refusal: Refusal): string {
  const { headers, body } = refusalAnswer(refusal);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}\r\n${lines.join("")}\r\n${body}`;
}
