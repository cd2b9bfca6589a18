import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import type { Awaitable, BodyType, CodecFeatures, CodecLimits, Request, Response, ServerCodec } from "../codec.js";
import { newHeader } from "./header-reader.js";
import { GobStream, gobFeatures } from "./stream.js";
import { nothing, requestTypes, responseTypes } from "./types.js";

const types = { incoming: requestTypes, outgoing: responseTypes };

/**
 * Serves calls in gob, as Go's net/rpc speaks it: byte for byte, but for {@link Response.code}, which a Go client passes
 * over.
 *
 * Replies and arguments are of the types that their schemas say. Without one, arguments are what the client says that they
 * are, and a reply is of the type that `infer` of `toolkit/gob` finds; no reply at all is `struct{}`.
 * @see {@link https://pkg.go.dev/net/rpc#ServeConn | Go rpc.ServeConn}
 */
export class GobServerCodec implements ServerCodec {
  readonly features: CodecFeatures = gobFeatures;
  readonly isTyped = true;
  readonly name = "gob";
  readonly #stream: GobStream;
  readonly #request = newHeader();

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits = {}) {
    this.#stream = new GobStream(conn, limits, types, this.#request);
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }
  readRequestHeader(): Awaitable<Request | null> {
    return this.#stream.readHeader();
  }
  readRequestBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.readBody(type, this.#request.serviceMethod);
  }
  writeResponse(response: Response, body: unknown, type?: BodyType): Awaitable<void> {
    const full = response.code === undefined ? null : fullResponse(response);
    if (response.error !== "") return this.#stream.send(response, full, undefined, nothing);
    const schema = this.#stream.typeOf(body, type);
    return this.#stream.send(response, full, body === undefined ? schema?.zero() : body, schema);
  }
  flush(): Promise<void> {
    return this.#stream.flush();
  }
  close(): void {
    this.#stream.close();
  }
}

function fullResponse({ serviceMethod, seq, error, code }: Response): object {
  return { ServiceMethod: serviceMethod, Seq: seq, Error: error, Code: String(code) };
}
