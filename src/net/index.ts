/**
 * Go's `net`, `io` and `bufio` for TypeScript: the interfaces that every transport of this package speaks, addresses,
 * errors, and conns in memory. Needs no Node: it runs in a browser too.
 *
 * @example
 * ```ts
 * import { BufReader, pipe, writeAll } from "toolkit/net";
 *
 * const [client, server] = pipe();
 * void (async () => {
 *   const lines = new BufReader(server);
 *   for (let line = await lines.readLine(); line !== null; line = await lines.readLine()) {
 *     await writeAll(server, new TextEncoder().encode(`${line.toUpperCase()}\n`));
 *   }
 * })();
 * await writeAll(client, new TextEncoder().encode("hello\n"));
 * console.log(await new BufReader(client).readLine()); // HELLO
 * ```
 *
 * ## Concurrency
 * Any number of reads and writes may be pending on a conn: reads are served in order, writes go out whole, in order.
 *
 * ## Limits
 * `readAll` gathers 32 MiB at most, `BufReader` holds back 64 KiB at most, a `PipeListener` 511 dialled conns; each has
 * an option.
 *
 * ## Errors
 * What the world does wrong is a {@link NetError} with a `code`; {@link isTimeout} and {@link isClosed} look through
 * wrapping. What the caller does wrong is a `TypeError`, `RangeError` or `SyntaxError`.
 *
 * ## Differences from Go
 * The end of a stream is `null`, not an error. `close` returns nothing and cannot fail; `closed` tells when all is
 * released. A conn that carries a stream always has `closeWrite`.
 *
 * @module toolkit/net
 */
export { BufReader, type BufReaderOptions } from "./buf-reader.js";
export type {
  AcceptOptions,
  Addr,
  Bytes,
  Closer,
  Conn,
  Datagram,
  Deadlines,
  Listener,
  OpOptions,
  PacketConn,
  Reader,
  StreamConn,
  Writer,
} from "./conn.js";
export {
  AddrError,
  ClosedError,
  isClosed,
  isTimeout,
  LimitError,
  NetError,
  type NetErrorOptions,
  OpError,
  type OpErrorOptions,
  ParseError,
  TimeoutError,
  UnexpectedEOFError,
} from "./errors.js";
export { joinHostPort, splitHostPort } from "./host-port.js";
export {
  copy,
  defaultMaxReadAllBytes,
  limitReader,
  type ReadAllOptions,
  readAll,
  readFull,
  writeAll,
} from "./io.js";
export {
  IP,
  IPv4,
  IPv4allrouter,
  IPv4allsys,
  IPv4bcast,
  IPv4zero,
  IPv6interfacelocalallnodes,
  IPv6linklocalallnodes,
  IPv6linklocalallrouters,
  IPv6loopback,
  IPv6unspecified,
  IPv6zero,
  parseIP,
} from "./ip.js";
export { IPv4len, IPv6len } from "./ip-bytes.js";
export { cidrMask, IPMask, IPv4Mask } from "./ip-mask.js";
export { IPNet, parseCIDR } from "./ip-net.js";
export { type PipeAddr, pipe } from "./pipe.js";
export { PipeListener, type PipeListenerOptions } from "./pipe-listener.js";
