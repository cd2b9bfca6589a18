import type { Addr } from "../../net/conn.js";
import type { CodecLimits, ServerCodec } from "../codec.js";
import { JSONServerCodec } from "../jsonrpc/server-codec.js";
import { messageOf } from "../jsonrpc2/message-of.js";
import { wantsAnswer } from "../jsonrpc2/messages.js";
import { JSON2ServerCodec } from "../jsonrpc2/server-codec.js";
import type { JSON2Limits } from "../jsonrpc2/stream.js";
import { type BodyOptions, HTTPError, type PostRequest, readBody } from "./post-body.js";
import { PostConn } from "./post-conn.js";

/** What `httpHandler` needs of a response; Node's `ServerResponse` is one, and so is Express's. */
export interface PostResponse {
  /** Whether the head is out. */
  readonly headersSent: boolean;
  /** Whether the response is complete. */
  readonly writableEnded: boolean;
  /** Writes the head. */
  writeHead(status: number, headers: Record<string, string | number>): unknown;
  /** Writes the body, if there is one, and ends the response. */
  end(body?: Uint8Array | string): unknown;
  /** Tells of the end of the connection, or of the response. */
  once(event: "close", listener: () => void): unknown;
}

/** Options of `httpHandler`. */
export interface PostOptions extends JSON2Limits, BodyOptions {}

/** Serves one POST. */
export type PostHandler = (req: PostRequest, res: PostResponse) => void;

/**
 * Makes a handler of HTTP requests for Node's `http` and for Express, which serves JSON-RPC 2.0 by POST: one message, or
 * one batch, each. A message without `jsonrpc` is taken for JSON-RPC 1.0. `serve` serves a codec until it is at its end.
 *
 * Answers have status 200, notifications alone 204. A body that is no JSON has 400 with the error -32700, another method
 * 405, a body that is too large 413, one that is too slow 408, a media type that is not `application/json` 415: a page of
 * another origin then cannot post without a preflight. A server that is shut down has 503. When the client hangs up, the
 * signals of its calls are aborted.
 *
 * A body that `express.json()` or its like has read already is taken from `req.body`; ids are then echoed as they were
 * understood, and not byte for byte.
 */
export function postHandler(serve: (codec: ServerCodec) => Promise<void>, options: PostOptions = {}): PostHandler {
  return (req, res) => {
    handle(serve, options, req, res).catch((err: unknown) => refuse(res, err));
  };
}

async function handle(
  serve: (codec: ServerCodec) => Promise<void>,
  options: PostOptions,
  req: PostRequest,
  res: PostResponse,
): Promise<void> {
  const body = await readBody(req, options);
  const found = messageOf(body, options);
  if (found.error !== undefined) return answer(res, 400, found.error);
  const isAnswered = found.version === 1 || wantsAnswer(found.message);
  const conn = new PostConn(body, isAnswered, remoteAddrOf(req));
  res.once("close", () => conn.abort());
  const served = serve(codecOf(found.version, conn, options));
  if (!isAnswered) answer(res, 204);
  await Promise.race([served, conn.done]);
  if (conn.answer !== null) answer(res, 200, conn.answer);
  // Go's server hangs up on a message that it cannot read.
  else if (isAnswered) answer(res, found.version === 1 && conn.wasRead ? 400 : 503);
}

function codecOf(version: 1 | 2, conn: PostConn, options: CodecLimits): ServerCodec {
  return version === 1
    ? new JSONServerCodec(conn, options)
    : new JSON2ServerCodec(conn, { ...options, streams: false });
}

function remoteAddrOf({ socket }: PostRequest): Addr | null {
  const { remoteAddress, remotePort } = socket ?? {};
  if (remoteAddress === undefined) return null;
  const host = remoteAddress.includes(":") ? `[${remoteAddress}]` : remoteAddress;
  return { transport: "tcp", toString: () => `${host}:${remotePort ?? 0}` };
}

function answer(res: PostResponse, status: number, body?: Uint8Array | string): void {
  if (res.headersSent || res.writableEnded) return;
  if (status === 204 || body === undefined) {
    res.writeHead(status, status === 204 ? {} : { "content-length": 0 });
    res.end();
    return;
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  res.writeHead(status, { "content-type": "application/json", "content-length": bytes.byteLength });
  res.end(bytes);
}

/** What goes wrong here without a status of its own is not told. */
function refuse(res: PostResponse, err: unknown): void {
  if (res.headersSent || res.writableEnded) return;
  const { status, headers } = err instanceof HTTPError ? err : new HTTPError(500);
  res.writeHead(status, { ...headers, "content-length": 0 });
  res.end();
}
