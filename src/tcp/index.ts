/**
 * TCP conns and listeners: Go's `net.Dial("tcp", …)` and `net.Listen("tcp", …)`.
 *
 * @example
 * ```ts
 * import { copy } from "toolkit/net";
 * import * as tcp from "toolkit/tcp";
 *
 * const listener = await tcp.listen("127.0.0.1:0");
 * void (async () => {
 *   for await (const conn of listener) void copy(conn, conn).finally(() => conn.close());
 * })();
 *
 * const conn = await tcp.dial(listener.addr);
 * await conn.write(new TextEncoder().encode("hello"));
 * const p = new Uint8Array(16);
 * const n = await conn.read(p);
 * console.log(new TextDecoder().decode(p.subarray(0, n ?? 0))); // hello
 * conn.close();
 * listener.close();
 * ```
 *
 * ## Concurrency
 * Any number of reads and writes may be pending on a conn: reads are served in order, writes go out whole, in order.
 * Writes of the same tick leave in one system call.
 *
 * ## Limits
 * A conn reads ahead 128 KiB at most and then stops the peer. A listener lets 511 connections wait (`backlog`) and
 * resets those beyond: Node accepts whether or not anybody asks, and cannot be stopped.
 *
 * ## Errors
 * Everything that fails rejects with an {@link OpError} in Go's words, nothing throws at once. A peer's reset is an
 * error on the next read or write, after what arrived before it; a reset that comes right behind data may look like the
 * end of the stream, as Node does not tell them apart then.
 *
 * ## Differences from Go
 * `setLinger` knows -1 and 0 only. A `write` that times out takes back what the system was not handed yet; what it was
 * handed in part goes on, and `bytesWritten` counts it: leave those bytes of the buffer alone until the next write
 * settles.
 *
 * @module toolkit/tcp
 */
export { TCPAddr, type TCPAddrParts } from "../net/socket/tcp-addr.js";
export { dial, dialTCP, resolveTCPAddr, type TCPNetwork } from "./dial.js";
export { listen, listenTCP, type TCPListener } from "./listen.js";
export type { TCPConn, TCPDialOptions, TCPListenOptions } from "./options.js";
