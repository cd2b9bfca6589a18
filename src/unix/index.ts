/**
 * Conns and listeners over Unix sockets: Go's `net.Dial("unix", …)` and `net.Listen("unix", …)`.
 *
 * @example
 * ```ts
 * import { copy } from "toolkit/net";
 * import * as unix from "toolkit/unix";
 *
 * const listener = await unix.listen("/tmp/toolkit-example.sock", { mode: 0o600 });
 * void (async () => {
 *   for await (const conn of listener) void copy(conn, conn).finally(() => conn.close());
 * })();
 *
 * const conn = await unix.dial(listener.addr);
 * await conn.write(new TextEncoder().encode("hello"));
 * const p = new Uint8Array(16);
 * const n = await conn.read(p);
 * console.log(new TextDecoder().decode(p.subarray(0, n ?? 0))); // hello
 * conn.close();
 * listener.close();
 * ```
 *
 * ## Concurrency
 * As for every stream conn: reads in order, writes whole and in order, writes of one tick in one system call.
 *
 * ## Limits
 * A conn reads ahead 128 KiB at most. A listener lets 511 connections wait (`backlog`) and closes those beyond. The
 * system takes paths of up to 107 bytes.
 *
 * ## Errors
 * {@link OpError} in Go's words: `dial unix /run/x.sock: connect: connection refused`.
 *
 * ## Differences from Go
 * The file of a server that has died is replaced, unless `replaceStale` is off; to find out whether it lives, it is
 * dialled. `mode` sets the file's permissions before anybody can connect (in a worker thread, right after). On Node 20
 * abstract names are padded with zero bytes, so that only Node 20 finds them; from Node 22 on they are Go's.
 *
 * @module toolkit/unix
 */
export { UnixAddr } from "./addr.js";
export { dial, type UnixConn, type UnixDialOptions } from "./dial.js";
export { listen, type UnixListener, type UnixListenOptions } from "./listen.js";
