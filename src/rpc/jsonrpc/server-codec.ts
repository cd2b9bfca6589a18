import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import { NetError } from "../../net/errors.js";
import type { Awaitable, BodyType, CodecLimits, Request, Response, ServerCodec } from "../codec.js";
import { DecodeError } from "../errors.js";
import { escapeHTML } from "../json/format.js";
import { isGobSchema } from "../json/gob-schema.js";
import { compact, eachElement, kept, kindOf, type RawJSON } from "../json/raw.js";
import { TextStream } from "../json/text-stream.js";
import { readRequest } from "./stream.js";

/**
 * Serves calls in JSON-RPC 1.0, as Go programs speak it through `net/rpc/jsonrpc`: one JSON value after the other, with
 * any white space in between.
 *
 * Go's own server is followed in all it does. Every request is answered, one without an id with `"id":null`: there are
 * no notifications, and no batches. Bad JSON, and what is no object, ends the connection without a word. Go's client takes
 * `"result":null` for an error without a message, so a reply of nothing is sent as the zero value of its schema, or `{}`.
 * @see {@link https://pkg.go.dev/net/rpc/jsonrpc#NewServerCodec | Go jsonrpc.NewServerCodec}
 */
export class JSONServerCodec implements ServerCodec {
  /** `jsonrpc`. */
  readonly name = "jsonrpc";
  /** What is read by a schema of `toolkit/gob` fits it. */
  readonly isTyped = true;
  readonly #stream: TextStream;
  readonly #request: Request = { serviceMethod: "", seq: 0 };
  /** The ids of the requests that are yet to be answered, by number. */
  readonly #ids = new Map<number | bigint, RawJSON>();
  #params: RawJSON | null = null;
  #seq = 0;

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits = {}) {
    this.#stream = new TextStream(conn, limits);
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }

  readRequestHeader(): Awaitable<Request | null> {
    const found = this.#stream.next();
    if (found instanceof Promise) return found.then((isThere) => (isThere ? this.#header() : null));
    return found ? this.#header() : null;
  }

  /** Takes the first element of `params`, as Go does; the rest is passed over. */
  readRequestBody(type: BodyType | null): Awaitable<unknown> {
    if (type === null) return undefined;
    const params = this.#params;
    if (params === null) throw new DecodeError("jsonrpc: request body missing params");
    const kind = kindOf(params);
    if (kind !== "array") {
      throw new DecodeError(`json: cannot unmarshal ${kind} into Go value of type [1]interface {}`);
    }
    return this.#stream.values.decode(firstOf(params), type);
  }

  writeResponse(response: Response, body: unknown, type?: BodyType): Awaitable<void> {
    const id = this.#ids.get(response.seq);
    if (id === undefined) {
      throw new NetError("invalid sequence number in response", { code: "ERR_RPC_PROTOCOL" });
    }
    const outcome =
      response.error === ""
        ? `${this.#result(body, type)},"error":null`
        : `null,"error":${JSON.stringify(response.error)}`;
    const written = this.#stream.write(`${escapeHTML(`{"id":${id},"result":${outcome}}`)}\n`);
    this.#ids.delete(response.seq);
    return written;
  }

  flush(): Promise<void> {
    return this.#stream.drained();
  }
  close(): void {
    this.#ids.clear();
    this.#stream.close();
  }

  #header(): Request {
    try {
      const { method, params, id } = readRequest(this.#stream.text());
      this.#params = params;
      this.#request.serviceMethod = method;
      this.#request.seq = ++this.#seq;
      this.#ids.set(this.#seq, kept(compact(id ?? "null")));
      return this.#request;
    } catch (err) {
      this.#stream.refuse(err);
      throw err;
    }
  }

  #result(body: unknown, type: BodyType | undefined): RawJSON {
    const { values } = this.#stream;
    const raw = values.encode(body, type?.schema);
    if (raw !== undefined && raw !== "null") return raw;
    const zero = isGobSchema(type?.schema) ? values.encode(type.schema.zero(), type.schema) : undefined;
    return zero === undefined || zero === "null" ? "{}" : zero;
  }
}

function firstOf(params: RawJSON): RawJSON {
  let first = "null";
  eachElement(params, (value) => {
    first = value;
    return false;
  });
  return first;
}
