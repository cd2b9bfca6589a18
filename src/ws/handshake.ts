import { createHash, randomBytes } from "node:crypto";
import { equalFold, hasToken, headerOf, type RequestLike, subprotocols } from "./upgrade-request.js";

export { hasToken };

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

/** Tells whether this is the Base64 of 16 bytes, as a `Sec-WebSocket-Key` has to be. */
export function isChallengeKey(key: string | undefined): key is string {
  return key !== undefined && /^[A-Za-z0-9+/]{22}==$/.test(key);
}

/** What of a request the handshake looks at. */
export interface HandshakeRequest extends RequestLike {
  readonly method?: string | undefined;
  readonly httpVersion?: string | undefined;
}

/** Says why a request is refused. */
export interface Refusal {
  readonly status: number;
  /** The reason, in gorilla's words; it is not told to the client. */
  readonly reason: string;
  /** Header fields that belong to the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What {@link refusalOf} asks of the server. */
export interface Checks {
  /** Whether the server wants extensions of its own in the answer. */
  readonly hasExtensions: boolean;
  /** Decides about the origin, in its turn. */
  checkOrigin(): boolean | Promise<boolean>;
}

const notWebSocket = "websocket: the client is not using the websocket protocol: ";

/**
 * Checks a request, in gorilla's order; returns `null` for a good one.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1 | RFC 6455 section 4.2.1}
 */
export async function refusalOf(request: HandshakeRequest, checks: Checks): Promise<Refusal | null> {
  const refusal = protocolRefusal(request);
  if (refusal !== null) return refusal;
  if (checks.hasExtensions) {
    const reason = "websocket: application specific 'Sec-WebSocket-Extensions' headers are unsupported";
    return { status: 500, reason };
  }
  if (!(await checks.checkOrigin())) {
    return { status: 403, reason: "websocket: request origin not allowed by Upgrader.CheckOrigin" };
  }
  if (isChallengeKey(headerOf(request, "sec-websocket-key"))) return null;
  const rule = "'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length";
  return { status: 400, reason: `websocket: not a websocket handshake: ${rule}` };
}

function protocolRefusal(request: HandshakeRequest): Refusal | null {
  if (request.httpVersion?.startsWith("2") === true) {
    return { status: 400, reason: `${notWebSocket}request is HTTP/2, which has no 'Upgrade'` };
  }
  if (!hasToken(headerOf(request, "connection"), "upgrade")) {
    return { status: 400, reason: `${notWebSocket}'upgrade' token not found in 'Connection' header` };
  }
  if (!hasToken(headerOf(request, "upgrade"), "websocket")) return notUpgrading;
  if (request.method !== "GET") {
    return { status: 405, reason: `${notWebSocket}request method is not GET`, headers: { Allow: "GET" } };
  }
  if (request.httpVersion === "1.0") return { ...notUpgrading, reason: `${notWebSocket}request is HTTP/1.0` };
  if (hasToken(headerOf(request, "sec-websocket-version"), "13")) return null;
  return { status: 400, reason: "websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header" };
}

/** What a request is answered with that asks for something else than a WebSocket. */
export const notUpgrading: Refusal = {
  status: 426,
  reason: `${notWebSocket}'websocket' token not found in 'Upgrade' header`,
  headers: { Upgrade: "websocket" },
};

/** Tells whether a request comes from a page of the host that it is for, or from no page at all. */
export function isSameOrigin(request: RequestLike): boolean {
  const origin = headerOf(request, "origin");
  if (origin === undefined) return true;
  const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(origin)?.[1];
  return authority !== undefined && equalFold(authority, headerOf(request, "host") ?? "");
}

/** Chooses the first of the client's subprotocols that the server speaks; empty if there is none. */
export function chooseSubprotocol(request: RequestLike, spoken: readonly string[]): string {
  return subprotocols(request).find((offered) => spoken.includes(offered)) ?? "";
}
