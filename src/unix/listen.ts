import { chmod, lstat, unlink } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { Listener } from "../net/conn.js";
import { fromNode } from "../net/errno.js";
import { type NetError, OpError } from "../net/errors.js";
import { bind, closeOnAbort } from "../net/socket/bind.js";
import { Receiver } from "../net/socket/receiver.js";
import { SocketConn } from "../net/socket/socket-conn.js";
import { defaultBacklog, SocketListener } from "../net/socket/socket-listener.js";
import { checkPath, systemPath, UnixAddr } from "./addr.js";
import { dial, type UnixConn } from "./dial.js";

/** Accepts {@link UnixConn}s. @see {@link https://pkg.go.dev/net#UnixListener | Go net.UnixListener} */
export type UnixListener = Listener<UnixConn, UnixAddr>;

/** Options of {@link listen}. */
export interface UnixListenOptions {
  /** How many connections may wait to be accepted; those beyond are reset. @default 511 */
  backlog?: number | undefined;
  /** Aborts listening: the promise rejects with its reason or, later, the listener closes. */
  signal?: AbortSignal | undefined;
  /** The permissions of the socket's file, as `0o600`: who may write may connect. @default what the umask leaves */
  mode?: number | undefined;
  /** Whether the file of a server that has died is replaced. One that answers never is. @default true */
  replaceStale?: boolean | undefined;
}

/**
 * Listens at `path`, or at an abstract name of Linux, `@name`. Closing removes the file.
 *
 * Rejects with an {@link OpError} such as `listen unix /run/x.sock: bind: address already in use`.
 * @see {@link https://pkg.go.dev/net#ListenUnix | Go net.ListenUnix}
 */
export async function listen(path: string | UnixAddr, options: UnixListenOptions = {}): Promise<UnixListener> {
  const { signal, backlog = defaultBacklog } = options;
  signal?.throwIfAborted();
  const addr = typeof path === "string" ? new UnixAddr(path) : path;
  let server: Server;
  try {
    checkPath(addr.path, "bind");
    server = await bindAt(addr, backlog, options);
  } catch (err) {
    throw new OpError({ op: "listen", net: "unix", addr, cause: fromNode(err, "bind") });
  }
  const listener = new SocketListener<UnixConn, UnixAddr>({ server, net: "unix", addr, backlog });
  serve(server, addr, listener);
  closeOnAbort(listener, signal, server);
  return listener;
}

async function bindAt(addr: UnixAddr, backlog: number, options: UnixListenOptions): Promise<Server> {
  const { mode, replaceStale = true } = options;
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  const listenHere = () => withMode(mode, () => bind(server, { path: systemPath(addr.path), backlog }));
  try {
    await listenHere();
  } catch (err) {
    if (!replaceStale || (err as NetError).code !== "EADDRINUSE" || !(await isStale(addr))) throw err;
    await unlink(addr.path);
    await listenHere();
  }
  if (mode !== undefined && !addr.path.startsWith("@")) await chmod(addr.path, mode);
  return server;
}

/** Sets the umask while Node binds, which it does at once, so that nobody can connect before the mode is set. */
function withMode<T>(mode: number | undefined, work: () => T): T {
  if (mode === undefined) return work();
  let before: number;
  try {
    before = process.umask(0o777 & ~mode);
  } catch {
    return work(); // a worker thread may not; chmod follows
  }
  try {
    return work();
  } finally {
    process.umask(before);
  }
}

/** Tells whether a socket's file is there that nobody listens at. */
async function isStale(addr: UnixAddr): Promise<boolean> {
  if (addr.path.startsWith("@") || !(await lstat(addr.path)).isSocket()) return false;
  try {
    (await dial(addr)).close();
    return false;
  } catch (err) {
    return (err as OpError).code === "ECONNREFUSED";
  }
}

function serve(server: Server, localAddr: UnixAddr, listener: SocketListener<UnixConn, UnixAddr>): void {
  server.on("connection", (accepted: Socket) => {
    accepted.on("error", () => {}); // until it has a conn that keeps its failure
    if (!listener.hasRoom) {
      accepted.destroy();
      return;
    }
    const receiver = new Receiver();
    const adopted = receiver.adopt(accepted);
    const socket = adopted ?? accepted;
    const parts = { socket, net: "unix", localAddr, remoteAddr: new UnixAddr("") };
    listener.offer(new SocketConn({ ...parts, receiver: adopted === null ? undefined : receiver }));
  });
}
