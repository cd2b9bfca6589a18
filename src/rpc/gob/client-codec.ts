import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import {
  type Awaitable,
  type BodyType,
  type ClientCodec,
  type CodecFeatures,
  type CodecLimits,
  cancelMethod,
  type Request,
  type Response,
} from "../codec.js";
import { newHeader } from "./header-reader.js";
import { GobStream, gobFeatures } from "./stream.js";
import { cancelArgs, requestTypes, responseTypes } from "./types.js";

const types = { incoming: responseTypes, outgoing: requestTypes };

/**
 * Makes calls in gob: the counterpart of {@link GobServerCodec}. Meta and time-out leave in fields of their own, which a Go
 * server passes over.
 * @see {@link https://pkg.go.dev/net/rpc#NewClient | Go rpc.NewClient}
 */
export class GobClientCodec implements ClientCodec {
  readonly features: CodecFeatures = gobFeatures;
  readonly isTyped = true;
  readonly name = "gob";
  readonly #stream: GobStream;

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits = {}) {
    this.#stream = new GobStream(conn, limits, types, newHeader());
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }
  writeRequest(request: Request, args: unknown, type?: BodyType): Awaitable<void> {
    const schema = request.serviceMethod === cancelMethod ? cancelArgs : this.#stream.typeOf(args, type);
    return this.#stream.send(request, fullRequest(request), args, schema);
  }
  readResponseHeader(): Awaitable<Response | null> {
    return this.#stream.readHeader();
  }
  readResponseBody(type: BodyType | null): Awaitable<unknown> {
    return this.#stream.readBody(type);
  }
  close(): void {
    this.#stream.close();
  }
}

/** The request with what Go's has not, if there is any of it. */
function fullRequest({ serviceMethod, seq, meta, timeoutMs }: Request): object | null {
  if (timeoutMs === undefined && (meta === undefined || Object.keys(meta).length === 0)) return null;
  return { ServiceMethod: serviceMethod, Seq: seq, Meta: meta ?? null, TimeoutMs: Math.ceil(timeoutMs ?? 0) };
}
