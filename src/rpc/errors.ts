import { NetError } from "../net/errors.js";

/** What a {@link ServerError} tells beside its message. */
export interface ServerErrorOptions {
  /** Tells errors apart: a word, or an integer other than 0, which is the error's code in JSON-RPC 2.0. */
  code?: string | number | undefined;
  /** Says more, over JSON-RPC 2.0: any value that JSON can carry. */
  data?: unknown;
}

/**
 * Reports what went wrong at the other end: the method's own error, or the server's, such as
 * `rpc: can't find method Arith.Add`. Every other error of a call is local.
 *
 * A method may throw or return one to choose the `code` that its caller sees; of other errors the message alone travels.
 * @see {@link https://pkg.go.dev/net/rpc#ServerError | Go rpc.ServerError}
 */
export class ServerError extends Error {
  override name = "ServerError";
  readonly #code: string | number;
  readonly #data: unknown;

  constructor(message?: string, { code, data }: ServerErrorOptions = {}) {
    super(message);
    this.#code = code ?? "ERR_RPC_SERVER";
    this.#data = data;
  }

  /**
   * Tells errors apart: `ERR_RPC_NO_METHOD`, `ERR_RPC_INVALID_ARGS`, `ERR_RPC_INTERNAL`, `ERR_RPC_STREAM`,
   * `ERR_RPC_BUSY` and `ERR_RPC_SHUTDOWN` are the server's, others the method's; `ERR_RPC_SERVER` if it said none, as Go
   * programs do.
   */
  get code(): string | number {
    return this.#code;
  }

  /** Says more of the error, over JSON-RPC 2.0. */
  get data(): unknown {
    return this.#data;
  }
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

/** Is the reason of a call's signal when its caller has cancelled it. */
export class CanceledError extends NetError {
  override name = "CanceledError";
  constructor() {
    super("context canceled", { code: "ERR_RPC_CANCELED" });
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
  return codeOf(err) === "ERR_RPC_ENCODE";
}

/** Tells whether one message alone could not be understood. */
export function isDecodeError(err: unknown): boolean {
  return codeOf(err) === "ERR_RPC_DECODE";
}

function codeOf(err: unknown): unknown {
  try {
    return (err as { code?: unknown } | null | undefined)?.code;
  } catch {
    return undefined;
  }
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

/** What is said of something that was thrown, whatever it is. Never throws. */
export function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return "unknown error";
  }
}

/** Says that a codec cannot do something. @internal */
export function unsupported(what: string, codec: string | undefined): NetError {
  return new NetError(`rpc: codec ${codec ?? "in use"} has no ${what}`, { code: "ERR_NOT_SUPPORTED" });
}

const noMethod = "ERR_RPC_NO_METHOD";

/** The code of an error whose words are Go's: Go's servers send none. */
export function impliedCode(error: string): string | undefined {
  return /^rpc: (can't find (service|method) |service\/method request ill-formed: )/.test(error) ? noMethod : undefined;
}

/** The code that is sent beside an error's words: none with those that are Go's, which look as Go sends them. */
export function explicitCode(failure: {
  readonly error: string;
  readonly code?: string | number | undefined;
}): string | undefined {
  const { error, code } = failure;
  return code === undefined || code === noMethod || error.startsWith("gob: ") ? undefined : String(code);
}
