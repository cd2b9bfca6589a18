import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import type { Awaitable, BodyType, CodecFeatures, CodecLimits, DuplexCodec, Request, Response } from "../codec.js";
import { ProtocolError } from "../errors.js";
import type { Header } from "./header-reader.js";
import { MsgpackStream, msgpackFeatures } from "./stream.js";

/** Serves calls in msgpack, as Go programs speak it through `hashicorp/net-rpc-msgpackrpc`, and makes calls back. */
export class MsgpackServerCodec implements DuplexCodec {
  readonly name = "msgpack";
  readonly isTyped = true;
  readonly features: CodecFeatures = msgpackFeatures;
  readonly #stream: MsgpackStream;
  readonly #header: Header & Response = { serviceMethod: "", seq: 0, error: "" };

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits = {}) {
    this.#stream = new MsgpackStream(conn, limits);
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }
  get request(): Request {
    return this.#header;
  }
  get response(): Response {
    return this.#header;
  }

  readHeader(): Awaitable<"request" | "response" | null> {
    const found = this.#stream.readHeader(this.#header);
    return found instanceof Promise ? found.then(kindOf) : kindOf(found);
  }
  async readRequestHeader(): Promise<Request | null> {
    const kind = await this.readHeader();
    if (kind === "response") throw new ProtocolError("msgpack: a response came where a request was due");
    return kind === null ? null : this.#header;
  }
  async readResponseHeader(): Promise<Response | null> {
    const kind = await this.readHeader();
    if (kind === "request") throw new ProtocolError("msgpack: a request came where a response was due");
    return kind === null ? null : this.#header;
  }
  readRequestBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.readBody(type);
  }
  readResponseBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.readBody(type);
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
}

function kindOf(isResponse: boolean | null): "request" | "response" | null {
  return isResponse === null ? null : isResponse ? "response" : "request";
}
