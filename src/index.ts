/**
 * One `dial` and one `listen` for every transport, by the network's name: Go's `net.Dial` and `net.Listen`.
 *
 * @example
 * ```ts
 * import { dial, listen } from "toolkit";
 * import { copy } from "toolkit/net";
 *
 * const listener = await listen("tcp", "127.0.0.1:0"); // or "tls", "unix", "udp", "ws", "wss"
 * void (async () => {
 *   for await (const conn of listener) void copy(conn, conn).finally(() => conn.close());
 * })();
 *
 * const conn = await dial("tcp", listener.addr.toString());
 * await conn.write(new TextEncoder().encode("hello"));
 * const p = new Uint8Array(16);
 * const n = await conn.read(p);
 * console.log(new TextDecoder().decode(p.subarray(0, n ?? 0))); // hello
 * conn.close();
 * listener.close();
 * ```
 *
 * ## Errors
 * Rejects with an {@link OpError}; an unknown network is `dial foo: unknown network foo`.
 *
 * @module toolkit
 */
export { type DialOptions, type Dials, dial, type Network } from "./dial.js";
export { type ListenOptions, type Listens, listen } from "./listen.js";
