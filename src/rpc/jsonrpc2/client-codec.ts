import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import type { Awaitable, BodyType, ClientCodec, CodecFeatures, Request, Response } from "../codec.js";
import type { RawJSON } from "../json/raw.js";
import { type Item, type JSON2Limits, JSON2Stream } from "./stream.js";

/**
 * Makes calls in JSON-RPC 2.0: the counterpart of {@link JSON2ServerCodec}.
 *
 * Arguments that are an object are sent by name, a list by position; all else, and a list of one, as the one element of a
 * list. {@link positional} sends by position what it is given. Requests of the peer are answered with -32601.
 * @see {@link https://www.jsonrpc.org/specification | JSON-RPC 2.0}
 */
export class JSON2ClientCodec implements ClientCodec {
  /** `jsonrpc2`. */
  readonly name = "jsonrpc2";
  /** What is read by a schema of `toolkit/gob` fits it. */
  readonly isTyped = true;
  readonly features: CodecFeatures = { cancel: true, notify: true, stream: true, meta: true };
  readonly #stream: JSON2Stream;
  #body: RawJSON | undefined;

  constructor(conn: Reader & Writer & Closer, limits: JSON2Limits = {}) {
    this.#stream = new JSON2Stream(conn, limits, { serves: false, calls: true, streams: true });
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }
  writeRequest(request: Request, args: unknown, type?: BodyType): Awaitable<void> {
    return this.#stream.writeRequest(request, args, type);
  }
  readResponseHeader(): Awaitable<Response | null> {
    const found = this.#stream.next();
    return found instanceof Promise ? found.then((item) => this.#header(item)) : this.#header(found);
  }
  readResponseBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.decodeReply(this.#body, type);
  }
  close(): void {
    this.#stream.close();
  }

  #header(item: Item | null): Response | null {
    this.#body = item?.body;
    return item?.kind === "response" ? item.header : null;
  }
}
