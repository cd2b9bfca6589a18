import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import type { Awaitable, BodyType, ClientCodec, CodecFeatures, CodecLimits, Request, Response } from "../codec.js";
import { ProtocolError } from "../errors.js";
import type { Header } from "./header-reader.js";
import { MsgpackStream, msgpackFeatures } from "./stream.js";

/** Makes calls in msgpack: the counterpart of {@link MsgpackServerCodec}. */
export class MsgpackClientCodec implements ClientCodec {
  readonly name = "msgpack";
  readonly isTyped = true;
  readonly features: CodecFeatures = msgpackFeatures;
  readonly #stream: MsgpackStream;
  readonly #response: Header & Response = { serviceMethod: "", seq: 0, error: "" };

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits = {}) {
    this.#stream = new MsgpackStream(conn, limits);
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }
  writeRequest(request: Request, args: unknown, type?: BodyType): Awaitable<void> {
    return this.#stream.writeRequest(request, args, type);
  }
  readResponseHeader(): Awaitable<Response | null> {
    const found = this.#stream.readHeader(this.#response);
    return found instanceof Promise ? found.then((isResponse) => this.#found(isResponse)) : this.#found(found);
  }
  readResponseBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.readBody(type);
  }
  close(): void {
    this.#stream.close();
  }

  #found(isResponse: boolean | null): Response | null {
    if (isResponse === null) return null;
    if (isResponse) return this.#response;
    throw new ProtocolError("msgpack: a request came where a response was due");
  }
}
