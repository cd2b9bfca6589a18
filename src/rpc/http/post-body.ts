import { after } from "../../internal/after.js";
import { defaultMaxMessageBytes } from "../json/framer.js";
import { joined } from "./post-chunks.js";

/** What `httpHandler` needs of a request; Node's `IncomingMessage` is one, and so is Express's. */
export interface PostRequest extends AsyncIterable<unknown> {
  /** The method, as `POST`. */
  readonly method?: string | undefined;
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Whether the body has been read to its end. */
  readonly readableEnded: boolean;
  /** What has been read of it: parsed, or as text, or as bytes. */
  readonly body?: unknown;
  /** Where it came from. */
  readonly socket?:
    | { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined }
    | undefined;
}

/** Bounds what a client may post. */
export interface BodyOptions {
  /** The most bytes of a body. @default 33_554_432 */
  maxMessageBytes?: number | undefined;
  /** How long a body may take to arrive, in ms. @default 30_000 */
  bodyTimeoutMs?: number | undefined;
}

/** Reports a request that gets a status in place of an answer. */
export class HTTPError extends Error {
  override name = "HTTPError";
  /** The status. */
  readonly status: number;
  /** What the response has for headers. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, headers: Readonly<Record<string, string>> = {}) {
    super(`HTTP status ${status}`);
    this.status = status;
    this.headers = headers;
  }
}

const defaultBodyTimeoutMs = 30_000;
/** The registered media type, and those that drafts of JSON-RPC over HTTP knew. */
const mediaType = /^application\/(json|json-rpc|jsonrequest)\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i;
/** What is left of the body is not read, so no request can follow. */
const closing = { connection: "close" };
const newline = Uint8Array.of(0x0a);
const encoder = new TextEncoder();

/**
 * Reads the body of a POST, and adds a new line, so that a number has an end.
 * @throws {HTTPError} for what is none, and for what is too large or too slow
 */
export async function readBody(req: PostRequest, options: BodyOptions): Promise<Uint8Array> {
  const max = options.maxMessageBytes ?? defaultMaxMessageBytes;
  if (req.method !== "POST") throw new HTTPError(405, { allow: "POST" });
  const type = req.headers["content-type"];
  const coding = req.headers["content-encoding"] ?? "identity";
  if (typeof type !== "string" || !mediaType.test(type))
    throw new HTTPError(415, { "accept-post": "application/json" });
  if (coding !== "identity" && !req.readableEnded) throw new HTTPError(415, { "accept-encoding": "identity" });
  if (Number(req.headers["content-length"] ?? 0) > max) throw new HTTPError(413, closing);
  const body = req.readableEnded ? bytesOf(req.body) : await collect(req, max, options.bodyTimeoutMs);
  if (body.byteLength > max) throw new HTTPError(413, closing);
  return joined([body, newline], body.byteLength + 1);
}

/** Gives the bytes of what another has read. */
function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined) throw new HTTPError(400);
  return encoder.encode(typeof body === "string" ? body : JSON.stringify(body));
}

async function collect(req: PostRequest, max: number, timeoutMs = defaultBodyTimeoutMs): Promise<Uint8Array> {
  const iterator = req[Symbol.asyncIterator]();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = after(timeoutMs, () => reject(new HTTPError(408, closing)));
  });
  late.catch(() => {});
  try {
    return await gather(iterator, max, late);
  } finally {
    clearTimeout(timer);
  }
}

async function gather(iterator: AsyncIterator<unknown>, max: number, late: Promise<never>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await Promise.race([iterator.next(), late]);
    if (next.done === true) return joined(chunks, size);
    const chunk = typeof next.value === "string" ? encoder.encode(next.value) : (next.value as Uint8Array);
    size += chunk.byteLength;
    if (size > max) throw new HTTPError(413, closing);
    chunks.push(chunk);
  }
}
