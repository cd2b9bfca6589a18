import { chmod, lstat, unlink } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import type { Listener } from "../net/conn.js";
import { fromNode, syscallError } from "../net/errno.js";
import { type NetError, OpError } from "../net/errors.js";
import { bind, closeOnAbort } from "../net/socket/bind.js";
import { Receiver } from "../net/socket/receiver.js";
import { SocketConn } from "../net/socket/socket-conn.js";
import { defaultBacklog, SocketListener } from "../net/socket/socket-listener.js";
import { checkPath, isAbstract, known, systemPath, UnixAddr } from "./addr.js";
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
    throw new OpError({ op: "listen", net: "unix", addr: known(addr), cause: fromNode(err, "bind") });
  }
  const listener = new SocketListener<UnixConn, UnixAddr>({ server, net: "unix", addr, backlog });
  serve(server, addr, listener);
  closeOnAbort(listener, signal, server);
  return listener;
}

async function bindAt(addr: UnixAddr, backlog: number, options: UnixListenOptions): Promise<Server> {
  const mode = isAbstract(addr.path) ? undefined : options.mode;
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  const listenHere = () => bindWithMode(server, { path: systemPath(addr.path), backlog }, mode);
  try {
    await listenHere();
  } catch (err) {
    await makeRoom(addr, err as NetError, options.replaceStale ?? true);
    await listenHere();
  }
  return server;
}

/**
 * Sets the umask while Node binds, which it does at once, so that nobody can connect before the mode is set. A worker
 * thread has no umask to set; there the mode follows.
 */
async function bindWithMode(
  server: Server,
  where: { path: string; backlog: number },
  mode: number | undefined,
): Promise<void> {
  const unmask = mode === undefined ? null : mask(mode);
  const bound = bind(server, where);
  unmask?.();
  await bound;
  if (mode === undefined || unmask !== null) return;
  await chmod(where.path, mode).catch((err: unknown) => {
    server.close();
    throw err;
  });
}

/** Removes the file of a server that has died, if that is why we cannot bind; throws why we cannot otherwise. */
async function makeRoom(addr: UnixAddr, err: NetError, replaceStale: boolean): Promise<void> {
  if (err.code === "EACCES" && (await isMissing(dirname(addr.path)))) throw syscallError("bind", "ENOENT", err);
  if (!replaceStale || err.code !== "EADDRINUSE" || !(await isStale(addr))) throw err;
  await unlink(addr.path);
}

/** Sets the umask that leaves `mode`; returns what sets it back, or `null` where there is none to set. */
function mask(mode: number): (() => void) | null {
  try {
    const before = process.umask(0o777 & ~mode);
    return () => void process.umask(before);
  } catch {
    return null;
  }
}

/** Tells whether a directory is not there, of which libuv says that permission is denied. */
async function isMissing(directory: string): Promise<boolean> {
  try {
    await lstat(directory);
    return false;
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** Tells whether a socket's file is there that nobody listens at. */
async function isStale(addr: UnixAddr): Promise<boolean> {
  if (isAbstract(addr.path) || !(await lstat(addr.path)).isSocket()) return false;
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
