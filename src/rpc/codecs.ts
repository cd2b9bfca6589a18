import type { Closer, Reader, Writer } from "../net/conn.js";
import { NetError } from "../net/errors.js";
import type { ClientCodec, CodecLimits, CodecName, DuplexCodec, ServerCodec } from "./codec.js";
import { MsgpackClientCodec } from "./msgpack/client-codec.js";
import { MsgpackServerCodec } from "./msgpack/server-codec.js";

/** Chooses a codec, and bounds what the peer may send. */
export interface CodecOptions extends CodecLimits {
  /** The codec to speak. @default "msgpack" */
  codec?: CodecName | undefined;
}

/**
 * Checks that there is such a codec.
 * @throws {TypeError} for a name that is none; {@link NetError} with code `ERR_NOT_SUPPORTED` for one still to come
 */
export function checkCodec(codec: CodecName = "msgpack"): void {
  if (codec === "msgpack") return;
  if (!["gob", "jsonrpc", "jsonrpc2"].includes(codec)) throw new TypeError(`rpc: unknown codec ${codec as string}`);
  throw new NetError(`rpc: codec ${codec} is not supported`, { code: "ERR_NOT_SUPPORTED" });
}

/** Makes the codec that a client speaks on a conn. */
export function clientCodec(conn: Reader & Writer & Closer, options: CodecOptions): ClientCodec {
  checkCodec(options.codec);
  return new MsgpackClientCodec(conn, options);
}

/** Makes the codec that both ends speak on a conn over which both may call. */
export function duplexCodec(conn: Reader & Writer & Closer, options: CodecOptions): DuplexCodec {
  checkCodec(options.codec);
  return new MsgpackServerCodec(conn, options);
}

/** Makes the codec that a server speaks on a conn. */
export function serverCodec(conn: Reader & Writer & Closer, options: CodecOptions): ServerCodec {
  checkCodec(options.codec);
  return new MsgpackServerCodec(conn, options);
}
