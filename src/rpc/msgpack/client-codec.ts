import type { Closer, Reader, Writer } from "../../net/conn.js";
import type { Awaitable, BodyType, ClientCodec, CodecLimits, Request, Response } from "../codec.js";
import { MsgpackStream } from "./stream.js";

/** Makes calls in msgpack: the counterpart of {@link MsgpackServerCodec}. */
export class MsgpackClientCodec implements ClientCodec {
  readonly #stream: MsgpackStream;
  readonly #response: Response = { serviceMethod: "", seq: 0, error: "" };

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits = {}) {
    this.#stream = new MsgpackStream(conn, limits);
  }

  writeRequest(request: Request, args: unknown): Awaitable<void> {
    return this.#stream.writeRequest(request, args);
  }
  readResponseHeader(): Awaitable<Response | null> {
    return this.#stream.readHeader(this.#response);
  }
  readResponseBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.readBody(type);
  }
  close(): void {
    this.#stream.close();
  }
}
