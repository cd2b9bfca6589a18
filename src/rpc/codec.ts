import type { StandardSchema } from "../gob/standard.js";
import type { Addr } from "../net/conn.js";

/** A value, or a promise of it: what is there already need not be waited for. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Is written before the arguments of each call. What Go's has not is sent only where it is set, in fields of its own that
 * a Go program passes over.
 * @see {@link https://pkg.go.dev/net/rpc#Request | Go rpc.Request}
 */
export interface Request {
  /** What is called, as `Arith.Multiply`. */
  serviceMethod: string;
  /** The number that the client chose; its response carries the same. A bigint only above 2^53 - 1. */
  seq: number | bigint;
  /** What the caller sends along. */
  meta?: Readonly<Record<string, string>> | undefined;
  /** How long the caller waits, in ms from when it called: a span, as two clocks may disagree. */
  timeoutMs?: number | undefined;
  /** How many replies the caller takes before it asks for more: it reads a stream. */
  window?: number | undefined;
  /** Whether the caller wants no answer. */
  isNotification?: boolean | undefined;
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
  /** Tells errors apart, as `ERR_RPC_NO_METHOD`. */
  code?: string | number | undefined;
  /** Says more of an error, over codecs that can. */
  data?: unknown;
  /** Whether more replies to the same request follow. */
  isPartial?: boolean | undefined;
}

/** Tells a codec what a body is. Codecs that write types need the schema; the others do without. */
export interface BodyType {
  /** The schema of the value: one of `toolkit/gob`'s, or any Standard Schema. */
  readonly schema?: StandardSchema<unknown, unknown> | undefined;
}

/** What a codec can carry beyond Go's net/rpc; nothing that is left out. */
export interface CodecFeatures {
  /** A call can be cancelled: a request for {@link cancelMethod} may be written. */
  readonly cancel?: boolean;
  /** {@link Request.isNotification}. */
  readonly notify?: boolean;
  /** {@link Request.window}, {@link Response.isPartial} and requests for {@link creditMethod}. */
  readonly stream?: boolean;
  /** {@link Request.meta} and {@link Request.timeoutMs}. */
  readonly meta?: boolean;
}

/**
 * Cancels a call: its arguments are `{ Seq }`, the number of that call. Go's net/rpc does not know it and answers that it
 * cannot find the service, which nobody waits for; the fork `keegancsmith/rpc` does know it.
 */
export const cancelMethod = "_goRPC_.Cancel";
/** Asks for more replies of a stream: the arguments are `{ Seq, N }`, the number of the call and how many more. */
export const creditMethod = "_goRPC_.Credit";

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
  writeResponse(response: Response, body: unknown, type?: BodyType): Awaitable<void>;
  /** Resolves when all responses have left; the server waits for it before it closes the codec. */
  flush?(): Awaitable<void>;
  /** Closes the connection. May be called more than once; settles what is pending. */
  close(): void;
  /** Who is at the other end, for {@link CallContext.remoteAddr}. */
  readonly remoteAddr?: Addr | null;
  /** What it can carry beyond Go's net/rpc. */
  readonly features?: CodecFeatures;
  /** Whether what it reads by a schema of `toolkit/gob` is known to fit it, and need not be checked again. */
  readonly isTyped?: boolean;
  /** The name to tell it by, where it has one. */
  readonly name?: string;
}

/**
 * Writes requests and reads responses on one connection: the counterpart of {@link ServerCodec}, under the same rules.
 * @see {@link https://pkg.go.dev/net/rpc#ClientCodec | Go rpc.ClientCodec}
 */
export interface ClientCodec {
  /** Writes a request. If it fails, only this call does. */
  writeRequest(request: Request, args: unknown, type?: BodyType): Awaitable<void>;
  /** Reads the next header, or `null` at the end of the stream. The object may be used again for the next. */
  readResponseHeader(): Awaitable<Response | null>;
  /**
   * Reads the reply; with `null` it throws it away. A `DecodeError` fails this call alone, anything else all of them.
   */
  readResponseBody(type: BodyType | null): Awaitable<unknown>;
  /** Closes the connection. May be called more than once; settles what is pending. */
  close(): void;
  /** Who is at the other end. */
  readonly remoteAddr?: Addr | null;
  /** What it can carry beyond Go's net/rpc. */
  readonly features?: CodecFeatures;
  /** Whether what it reads by a schema of `toolkit/gob` is known to fit it, and need not be checked again. */
  readonly isTyped?: boolean;
  /** The name to tell it by, where it has one. */
  readonly name?: string;
}

/**
 * Reads and writes both requests and responses on one connection, so that both ends may call. Which of the two comes next
 * is for the other end to choose: {@link DuplexCodec.readHeader} tells. Writes may overlap: each puts in whole messages.
 */
export interface DuplexCodec extends ServerCodec, ClientCodec {
  /** Reads the next header into `request` or `response`, and tells which; `null` at the end of the stream. */
  readHeader(): Awaitable<"request" | "response" | null>;
  /** The last request's header. */
  readonly request: Request;
  /** The last response's header. */
  readonly response: Response;
  readonly remoteAddr?: Addr | null;
  readonly features?: CodecFeatures;
  readonly isTyped?: boolean;
  readonly name?: string;
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
