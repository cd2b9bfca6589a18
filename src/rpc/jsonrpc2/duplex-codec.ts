import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import type { Awaitable, BodyType, CodecFeatures, DuplexCodec, Request, Response } from "../codec.js";
import type { RawJSON } from "../json/raw.js";
import { type Item, type JSON2Limits, JSON2Stream } from "./stream.js";

/** Serves and makes calls in JSON-RPC 2.0 on one connection: {@link JSON2ServerCodec} and {@link JSON2ClientCodec} in one. */
export class JSON2Codec implements DuplexCodec {
  /** `jsonrpc2`. */
  readonly name = "jsonrpc2";
  /** What is read by a schema of `toolkit/gob` fits it. */
  readonly isTyped = true;
  readonly features: CodecFeatures = { cancel: true, notify: true, stream: true, meta: true };
  readonly #stream: JSON2Stream;
  #request: Request = { serviceMethod: "", seq: 0 };
  #response: Response = { serviceMethod: "", seq: 0, error: "" };
  #args: RawJSON | undefined;
  #reply: RawJSON | undefined;

  constructor(conn: Reader & Writer & Closer, limits: JSON2Limits = {}) {
    this.#stream = new JSON2Stream(conn, limits, { serves: true, calls: true, streams: true });
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }
  get request(): Request {
    return this.#request;
  }
  get response(): Response {
    return this.#response;
  }

  readHeader(): Awaitable<"request" | "response" | null> {
    const found = this.#stream.next();
    return found instanceof Promise ? found.then((item) => this.#take(item)) : this.#take(found);
  }
  /** Reads the next request; responses before it are dropped. */
  async readRequestHeader(): Promise<Request | null> {
    const kind = await this.#until("request");
    return kind === null ? null : this.#request;
  }
  /** Reads the next response; requests before it are dropped. */
  async readResponseHeader(): Promise<Response | null> {
    const kind = await this.#until("response");
    return kind === null ? null : this.#response;
  }
  readRequestBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.decodeArgs(this.#args, type);
  }
  readResponseBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.decodeReply(this.#reply, type);
  }
  writeRequest(request: Request, args: unknown, type?: BodyType): Awaitable<void> {
    return this.#stream.writeRequest(request, args, type);
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

  async #until(wanted: "request" | "response"): Promise<"request" | "response" | null> {
    for (;;) {
      const kind = await this.readHeader();
      if (kind === wanted || kind === null) return kind;
    }
  }

  #take(item: Item | null): "request" | "response" | null {
    if (item === null) return null;
    if (item.kind === "request") {
      this.#request = item.header;
      this.#args = item.body;
    } else {
      this.#response = item.header;
      this.#reply = item.body;
    }
    return item.kind;
  }
}
