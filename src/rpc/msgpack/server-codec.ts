import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import type { Awaitable, BodyType, CodecLimits, Request, Response, ServerCodec } from "../codec.js";
import { MsgpackStream } from "./stream.js";

/** Serves calls in msgpack, as Go programs speak it through `hashicorp/net-rpc-msgpackrpc`. */
export class MsgpackServerCodec implements ServerCodec {
  readonly #stream: MsgpackStream;
  readonly #request: Request = { serviceMethod: "", seq: 0 };

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits = {}) {
    this.#stream = new MsgpackStream(conn, limits);
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }
  readRequestHeader(): Awaitable<Request | null> {
    return this.#stream.readHeader(this.#request);
  }
  readRequestBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.readBody(type);
  }
  writeResponse(response: Response, body: unknown): Awaitable<void> {
    return this.#stream.writeResponse(response, body);
  }
  flush(): Promise<void> {
    return this.#stream.flush();
  }
  close(): void {
    this.#stream.close();
  }
}
