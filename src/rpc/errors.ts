import { NetError } from "../net/errors.js";

/**
 * Reports what went wrong at the other end: the method's own error, or the server's, such as
 * `rpc: can't find method Arith.Add`. Every other error of a call is local.
 * @see {@link https://pkg.go.dev/net/rpc#ServerError | Go rpc.ServerError}
 */
export class ServerError extends Error {
  override name = "ServerError";
}

/**
 * Reports a call on a client that is closed, by us or by the end of its connection; `cause` says which.
 * @see {@link https://pkg.go.dev/net/rpc#ErrShutdown | Go rpc.ErrShutdown}
 */
export class ShutdownError extends NetError {
  override name = "ShutdownError";
  constructor(cause?: unknown) {
    super("connection is shut down", { code: "ERR_SHUTDOWN", cause });
  }
}

/** Reports a value that cannot be sent, and of which nothing was. Throw it from a codec's write. */
export class EncodeError extends TypeError {
  override name = "EncodeError";
  /** `ERR_RPC_ENCODE`. */
  readonly code = "ERR_RPC_ENCODE";
}

/** Tells whether nothing was written because the value cannot be encoded. */
export function isEncodeError(err: unknown): boolean {
  return (err as { code?: unknown } | null)?.code === "ERR_RPC_ENCODE";
}

/** Tells whether one message alone could not be understood. */
export function isDecodeError(err: unknown): boolean {
  return (err as { code?: unknown } | null)?.code === "ERR_RPC_DECODE";
}

/** Reports one message that cannot be understood, on a stream that is still in step. Throw it from a codec's read. */
export class DecodeError extends NetError {
  override name = "DecodeError";
  constructor(message: string, cause?: unknown) {
    super(message, { code: "ERR_RPC_DECODE", cause });
  }
}

/** Reports bytes that belong to no message: the connection is of no use any more. */
export class ProtocolError extends NetError {
  override name = "ProtocolError";
  constructor(message: string, cause?: unknown) {
    super(message, { code: "ERR_RPC_PROTOCOL", cause });
  }
}
