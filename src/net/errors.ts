import type { Addr } from "./conn.js";

/** What a {@link NetError} is made of, beside its message. */
export interface NetErrorOptions {
  /** Machine-readable code: `ERR_…` for our own, the system's name (`ECONNRESET`) for the system's. */
  code: string;
  /** Whether time ran out. @default false, or what `cause` says */
  timeout?: boolean;
  /** The error underneath. */
  cause?: unknown;
}

/**
 * Reports that the world, not the caller, is at fault: the root of every error of this package that a correct
 * program may meet.
 *
 * Tell errors apart by `code`, by {@link isTimeout} and by {@link isClosed}; all three survive wrapping and a
 * second copy of the package.
 * @see {@link https://pkg.go.dev/net#Error | Go net.Error}
 */
export class NetError extends Error {
  override name = "NetError";
  /** Machine-readable code: `ERR_…` for our own, the system's name (`ECONNRESET`) for the system's. */
  readonly code: string;
  /** Whether time ran out; the operation may be tried again with a later deadline. */
  readonly timeout: boolean;

  constructor(message: string, options: NetErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.timeout = options.timeout ?? isTimeout(options.cause);
  }
}

/** The parts of an {@link OpError}. */
export interface OpErrorOptions {
  /** What failed: `"dial"`, `"read"`, `"write"`, `"accept"`, `"listen"`, `"close"`, `"set"`. */
  op: string;
  /** The network's name, as `"tcp"`; empty if it is not known. */
  net: string;
  /** Our own address, where there is one. */
  source?: Addr | undefined;
  /** The peer's address or, for a listener, its own. */
  addr?: Addr | undefined;
  /** Why. */
  cause: Error;
  /** For a write: how many bytes went out, or are certain to. */
  bytesWritten?: number;
}

/**
 * Reports which operation on which connection failed, and why, in one line:
 * `dial tcp 127.0.0.1:1: connect: connection refused`.
 *
 * `code` and `timeout` are those of the cause.
 * @see {@link https://pkg.go.dev/net#OpError | Go net.OpError}
 */
export class OpError extends NetError {
  override name = "OpError";
  /** What failed: `"dial"`, `"read"`, `"write"`, `"accept"`, `"listen"`. */
  readonly op: string;
  /** The network's name, as `"tcp"`. */
  readonly net: string;
  /** Our own address, where there is one. */
  readonly source: Addr | undefined;
  /** The peer's address or, for a listener, its own. */
  readonly addr: Addr | undefined;
  /**
   * For a failed write: how many bytes of it went out, or are certain to unless the connection ends first.
   * The rest never goes out.
   */
  readonly bytesWritten: number | undefined;
  declare readonly cause: Error;

  constructor(parts: OpErrorOptions) {
    const { cause } = parts;
    super(`${where(parts)}: ${cause.message}`, { code: codeOf(cause), timeout: isTimeout(cause), cause });
    this.op = parts.op;
    this.net = parts.net;
    this.source = parts.source;
    this.addr = parts.addr;
    this.bytesWritten = parts.bytesWritten;
  }
}

function where({ op, net, source, addr }: OpErrorOptions): string {
  let line = net === "" ? op : `${op} ${net}`;
  if (source !== undefined) line += ` ${source.toString()}`;
  if (addr !== undefined) line += `${source === undefined ? " " : "->"}${addr.toString()}`;
  return line;
}

function codeOf(err: unknown): string {
  const code = (err as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "ERR_UNKNOWN";
}

/**
 * Reports an operation on a connection or listener that this side has closed.
 *
 * `err instanceof ClosedError` also holds for an {@link OpError} that wraps one, as Go's `errors.Is` does.
 * @see {@link https://pkg.go.dev/net#ErrClosed | Go net.ErrClosed}
 */
export class ClosedError extends NetError {
  override name = "ClosedError";
  constructor(message = "use of closed network connection") {
    super(message, { code: "ERR_CLOSED" });
  }
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isClosed(value);
  }
}

/**
 * Reports that a deadline passed. The connection stays usable: set a later deadline and go on.
 *
 * `err instanceof TimeoutError` also holds for an {@link OpError} that wraps one.
 * @see {@link https://pkg.go.dev/os#ErrDeadlineExceeded | Go os.ErrDeadlineExceeded}
 */
export class TimeoutError extends NetError {
  override name = "TimeoutError";
  constructor(message = "i/o timeout") {
    super(message, { code: "ERR_TIMEOUT", timeout: true });
  }
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasCode(value, "ERR_TIMEOUT");
  }
}

/**
 * Reports that a stream ended in the middle of something.
 * @see {@link https://pkg.go.dev/io#ErrUnexpectedEOF | Go io.ErrUnexpectedEOF}
 */
export class UnexpectedEOFError extends NetError {
  override name = "UnexpectedEOFError";
  /** How many bytes arrived before the end. */
  readonly bytesRead: number;
  constructor(bytesRead = 0) {
    super("unexpected EOF", { code: "ERR_UNEXPECTED_EOF" });
    this.bytesRead = bytesRead;
  }
}

/**
 * Reports that more arrived than a limit allows; the message names the option that raises it.
 */
export class LimitError extends NetError {
  override name = "LimitError";
  constructor(message: string) {
    super(message, { code: "ERR_LIMIT" });
  }
}

/**
 * Reports an address that is no address: `address 127.0.0.1: missing port in address`.
 * @see {@link https://pkg.go.dev/net#AddrError | Go net.AddrError}
 */
export class AddrError extends NetError {
  override name = "AddrError";
  /** What is wrong with it. */
  readonly err: string;
  /** The text in question. */
  readonly addr: string;
  constructor(err: string, addr: string) {
    super(addr === "" ? err : `address ${addr}: ${err}`, { code: "ERR_ADDR" });
    this.err = err;
    this.addr = addr;
  }
}

/**
 * Reports text that does not parse: `invalid CIDR address: 10.0.0.0`.
 * @see {@link https://pkg.go.dev/net#ParseError | Go net.ParseError}
 */
export class ParseError extends NetError {
  override name = "ParseError";
  /** What was expected, as `"IP address"`, `"CIDR address"`. */
  readonly type: string;
  /** The text in question. */
  readonly text: string;
  constructor(type: string, text: string) {
    super(`invalid ${type}: ${text}`, { code: "ERR_PARSE" });
    this.type = type;
    this.text = text;
  }
}

/** Returns the first error in the chain of causes that passes `test`. */
function findCause(err: unknown, test: (e: object) => boolean): object | undefined {
  // The bound guards against a chain that bites its own tail.
  for (let e = err, depth = 0; typeof e === "object" && e !== null && depth < 32; depth++) {
    if (test(e)) return e;
    e = (e as { cause?: unknown }).cause;
  }
  return undefined;
}

/**
 * Tells whether `err`, or any error that caused it, says that time ran out: a deadline, a dial timeout,
 * `ETIMEDOUT`, or the reason of `AbortSignal.timeout()`.
 */
export function isTimeout(err: unknown): boolean {
  return findCause(err, isTimeoutItself) !== undefined;
}

function isTimeoutItself(e: object): boolean {
  const { timeout, code, name } = e as { timeout?: unknown; code?: unknown; name?: unknown };
  return timeout === true || code === "ETIMEDOUT" || name === "TimeoutError";
}

/** Tells whether `err`, or any error that caused it, says that this side had closed the connection or listener. */
export function isClosed(err: unknown): boolean {
  return hasCode(err, "ERR_CLOSED");
}

function hasCode(err: unknown, code: string): boolean {
  return findCause(err, (e) => (e as { code?: unknown }).code === code) !== undefined;
}
