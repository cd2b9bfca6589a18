import { connect } from "node:net";
import { after } from "../internal/after.js";
import type { StreamConn } from "../net/conn.js";
import { fromNode } from "../net/errno.js";
import { OpError, TimeoutError } from "../net/errors.js";
import { Receiver } from "../net/socket/receiver.js";
import { SocketConn } from "../net/socket/socket-conn.js";
import { checkPath, known, systemPath, UnixAddr } from "./addr.js";

/** A conn over a Unix socket. @see {@link https://pkg.go.dev/net#UnixConn | Go net.UnixConn} */
export type UnixConn = StreamConn<UnixAddr>;

/** Options of {@link dial}. */
export interface UnixDialOptions {
  /** Aborts dialling: the promise rejects with the signal's reason, and the socket is released. */
  signal?: AbortSignal | undefined;
  /** How long dialling may take, in ms. @default as long as the system tries */
  timeoutMs?: number | undefined;
}

/**
 * Connects to the socket at `path`, or to an abstract name of Linux, `@name`.
 *
 * Rejects with an {@link OpError} such as `dial unix /run/x.sock: connect: no such file or directory`, or with the
 * signal's reason, untouched.
 * @see {@link https://pkg.go.dev/net#DialUnix | Go net.DialUnix}
 */
export async function dial(path: string | UnixAddr, options: UnixDialOptions = {}): Promise<UnixConn> {
  const { signal, timeoutMs } = options;
  signal?.throwIfAborted();
  const addr = typeof path === "string" ? new UnixAddr(path) : path;
  return new Promise((resolve, reject) => {
    const dialError = (cause: Error) => new OpError({ op: "dial", net: "unix", addr: known(addr), cause });
    try {
      checkPath(addr.path, "connect");
    } catch (err) {
      return reject(dialError(err as Error));
    }
    const receiver = new Receiver();
    const { onread } = receiver;
    const socket = connect({ path: systemPath(addr.path), allowHalfOpen: true, ...(onread && { onread }) });
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const fail = (reason: unknown) => {
      release();
      socket.destroy();
      reject(reason);
    };
    const onAbort = () => fail(signal?.reason);
    const timer = after(timeoutMs, () => fail(dialError(new TimeoutError())));
    signal?.addEventListener("abort", onAbort);
    socket.on("error", (err) => fail(dialError(fromNode(err, "connect")))); // no effect once it is settled
    socket.once("connect", () => {
      release();
      resolve(new SocketConn({ socket, net: "unix", localAddr: new UnixAddr(""), remoteAddr: addr, receiver }));
    });
  });
}
