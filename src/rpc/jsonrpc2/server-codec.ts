import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import type { Awaitable, BodyType, CodecFeatures, Request, Response, ServerCodec } from "../codec.js";
import type { RawJSON } from "../json/raw.js";
import { type Item, type JSON2Limits, JSON2Stream } from "./stream.js";

/** How a {@link JSON2ServerCodec} is set up. */
export interface JSON2ServerOptions extends JSON2Limits {
  /** Whether replies may be streams, which takes a peer that reads more than one answer. @default true */
  streams?: boolean | undefined;
}

/**
 * Serves calls in JSON-RPC 2.0: one JSON value after the other, with any white space in between; answers end with a new
 * line each.
 *
 * `params` that are an object are the arguments; so is the one element of a list of one, and any other list as it is.
 * `$/cancelRequest` with `{ id }` cancels a call. Beside `params` a request may have `meta`, an object of strings,
 * `timeoutMs`, and `window`: then replies are notifications `$/stream` with `{ id, value }`, of which `$/credit` with
 * `{ id, n }` asks for more.
 *
 * What is no JSON is answered with -32700. Where each message so far had a line of its own, the next line is read as if
 * nothing had been; otherwise there is no telling where the next message begins, and the connection ends.
 * @see {@link https://www.jsonrpc.org/specification | JSON-RPC 2.0}
 */
export class JSON2ServerCodec implements ServerCodec {
  /** `jsonrpc2`. */
  readonly name = "jsonrpc2";
  /** What is read by a schema of `toolkit/gob` fits it. */
  readonly isTyped = true;
  readonly features: CodecFeatures;
  readonly #stream: JSON2Stream;
  #body: RawJSON | undefined;

  constructor(conn: Reader & Writer & Closer, limits: JSON2ServerOptions = {}) {
    const streams = limits.streams ?? true;
    this.features = { cancel: true, notify: true, stream: streams, meta: true };
    this.#stream = new JSON2Stream(conn, limits, { serves: true, calls: false, streams });
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }
  readRequestHeader(): Awaitable<Request | null> {
    const found = this.#stream.next();
    return found instanceof Promise ? found.then((item) => this.#header(item)) : this.#header(found);
  }
  readRequestBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.decodeArgs(this.#body, type);
  }
  writeResponse(response: Response, body: unknown, type?: BodyType): Awaitable<void> {
    return this.#stream.writeResponse(response, body, type);
  }
  flush(): Promise<void> {
    return this.#stream.flush();
  }
  close(): void {
    this.#stream.close();
  }

  #header(item: Item | null): Request | null {
    this.#body = item?.body;
    return item?.kind === "request" ? item.header : null;
  }
}
