import type { Closer, Reader, Writer } from "../net/conn.js";
import type { ClientCodec, CodecLimits, CodecName, DuplexCodec, ServerCodec } from "./codec.js";
import { GobClientCodec } from "./gob/client-codec.js";
import { GobServerCodec } from "./gob/server-codec.js";
import { JSONClientCodec } from "./jsonrpc/client-codec.js";
import { JSONServerCodec } from "./jsonrpc/server-codec.js";
import { JSON2ClientCodec } from "./jsonrpc2/client-codec.js";
import { JSON2Codec } from "./jsonrpc2/duplex-codec.js";
import { MsgpackClientCodec } from "./msgpack/client-codec.js";
import { MsgpackServerCodec } from "./msgpack/server-codec.js";

/** Chooses a codec, and bounds what the peer may send. */
export interface CodecOptions extends CodecLimits {
  /** The codec to speak. @default "msgpack" */
  codec?: CodecName | undefined;
}

/** The codecs over which both ends may call. */
export type DuplexCodecName = "msgpack" | "jsonrpc2";

type Conn = Reader & Writer & Closer;

const clientCodecs: Readonly<Record<CodecName, new (conn: Conn, limits: CodecLimits) => ClientCodec>> = {
  msgpack: MsgpackClientCodec,
  gob: GobClientCodec,
  jsonrpc: JSONClientCodec,
  jsonrpc2: JSON2ClientCodec,
};

const serverCodecs: Readonly<Record<CodecName, new (conn: Conn, limits: CodecLimits) => ServerCodec>> = {
  msgpack: MsgpackServerCodec,
  gob: GobServerCodec,
  jsonrpc: JSONServerCodec,
  jsonrpc2: JSON2Codec,
};

const duplexCodecs: Readonly<Record<DuplexCodecName, new (conn: Conn, limits: CodecLimits) => DuplexCodec>> = {
  msgpack: MsgpackServerCodec,
  jsonrpc2: JSON2Codec,
};

/**
 * Checks that there is such a codec.
 * @throws {TypeError} for a name that is none
 */
export function checkCodec(codec: CodecName = "msgpack"): CodecName {
  if (!Object.hasOwn(clientCodecs, codec)) throw new TypeError(`rpc: unknown codec ${codec}`);
  return codec;
}

/** Makes the codec that a client speaks on a conn. */
export function clientCodec(conn: Conn, options: CodecOptions): ClientCodec {
  return new clientCodecs[checkCodec(options.codec)](conn, options);
}

/** Makes the codec that a server speaks on a conn; over some it can call back. */
export function serverCodec(conn: Conn, options: CodecOptions): ServerCodec {
  return new serverCodecs[checkCodec(options.codec)](conn, options);
}

/**
 * Checks that both ends can call over a codec.
 * @throws {TypeError} for a name that is none, and for a codec that carries calls one way
 */
export function checkDuplexCodec(name?: CodecName): DuplexCodecName {
  const codec = checkCodec(name);
  if (!Object.hasOwn(duplexCodecs, codec)) throw new TypeError(`rpc: codec ${codec} carries calls one way only`);
  return codec as DuplexCodecName;
}

/** Makes the codec that both ends speak on a conn over which both may call. */
export function duplexCodec(conn: Conn, options: CodecOptions): DuplexCodec {
  return new duplexCodecs[checkDuplexCodec(options.codec)](conn, options);
}
