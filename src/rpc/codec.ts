import type { Addr } from "../net/conn.js";

/** A value, or a promise of it: what is there already need not be waited for. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Is written before the arguments of each call. `seq` is a bigint only above 2^53 - 1.
 * @see {@link https://pkg.go.dev/net/rpc#Request | Go rpc.Request}
 */
export interface Request {
  /** What is called, as `Arith.Multiply`. */
  serviceMethod: string;
  /** The number that the client chose; its response carries the same. */
  seq: number | bigint;
}

/**
 * Is written before each reply.
 * @see {@link https://pkg.go.dev/net/rpc#Response | Go rpc.Response}
 */
export interface Response {
  /** That of the request. */
  serviceMethod: string;
  /** That of the request. */
  seq: number | bigint;
  /** Why the call failed; empty if it did not. */
  error: string;
}

/** Tells a codec what a body is. Codecs that write types need the schema; the others do without. */
export interface BodyType {
  /** The schema of the value. */
  readonly schema?: unknown;
}

/**
 * Reads requests and writes responses on one connection.
 *
 * The server calls `readRequestHeader` and `readRequestBody` in turn, never two at once, and `writeResponse` never
 * before the last one has settled. Each may answer at once or by a promise: a codec that has the next message already
 * should not make the server wait. A body that is itself a promise must come in one.
 * @see {@link https://pkg.go.dev/net/rpc#ServerCodec | Go rpc.ServerCodec}
 */
export interface ServerCodec {
  /** Reads the next header, or `null` at the end of the stream. The object may be used again for the next. */
  readRequestHeader(): Awaitable<Request | null>;
  /**
   * Reads the arguments; with `null` it throws them away. If it fails the caller gets the message and the server goes
   * on with the next header, so a codec that is out of step must fail there too.
   */
  readRequestBody(type: BodyType | null): Awaitable<unknown>;
  /**
   * Writes a response. It may take the bytes and send them later, together with others; a promise asks the server to
   * wait, and to read no more requests meanwhile. Fails with an `EncodeError` when it wrote nothing because the value
   * cannot be encoded: the server then sends the message instead. Any other failure ends the connection.
   */
  writeResponse(response: Response, body: unknown): Awaitable<void>;
  /** Resolves when all responses have left; the server waits for it before it closes the codec. */
  flush?(): Awaitable<void>;
  /** Closes the connection. May be called more than once; settles what is pending. */
  close(): void;
  /** Who is at the other end, for {@link CallContext.remoteAddr}. */
  readonly remoteAddr?: Addr | null;
}

/**
 * Writes requests and reads responses on one connection: the counterpart of {@link ServerCodec}, under the same rules.
 * @see {@link https://pkg.go.dev/net/rpc#ClientCodec | Go rpc.ClientCodec}
 */
export interface ClientCodec {
  /** Writes a request. If it fails, only this call does. */
  writeRequest(request: Request, args: unknown): Awaitable<void>;
  /** Reads the next header, or `null` at the end of the stream. The object may be used again for the next. */
  readResponseHeader(): Awaitable<Response | null>;
  /**
   * Reads the reply; with `null` it throws it away. A `DecodeError` fails this call alone, anything else all of them.
   */
  readResponseBody(type: BodyType | null): Awaitable<unknown>;
  /** Closes the connection. May be called more than once; settles what is pending. */
  close(): void;
}

/** The codecs by name. */
export type CodecName = "msgpack" | "gob" | "jsonrpc" | "jsonrpc2";

/** Bounds what a peer may send. */
export interface CodecLimits {
  /** The most bytes in one message's body, in either direction. @default 33_554_432 */
  maxMessageBytes?: number | undefined;
  /** How deep maps and lists may be nested. @default 100 */
  maxDepth?: number | undefined;
  /** The most maps, map entries, lists, byte strings and times in one message: what takes memory. @default 1_048_576 */
  maxItems?: number | undefined;
}
