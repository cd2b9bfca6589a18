/**
 * UDP: conns that speak with anybody, conns that speak with one address, and a listener that makes a conn of each
 * address that sends something. Go's `net.ListenUDP` and `net.DialUDP`; the listener has no twin.
 *
 * @example
 * ```ts
 * import * as udp from "toolkit/udp";
 *
 * const server = await udp.listen("127.0.0.1:0");
 * const client = await udp.dial(server.localAddr);
 * await client.write(new TextEncoder().encode("hello"));
 *
 * const p = new Uint8Array(65_507);
 * const { n, addr } = await server.readFrom(p);
 * console.log(new TextDecoder().decode(p.subarray(0, n))); // hello
 * await server.writeTo(p.subarray(0, n), addr);
 * console.log(await client.read(p)); // 5
 * for (const conn of [client, server]) conn.close();
 * ```
 *
 * ## Concurrency
 * Any number of reads and writes may be pending on a conn: reads are served in order, writes go out in order. A socket
 * sends 32 datagrams or 64 KiB in one turn of the event loop, and lets further writes wait for the next: whoever awaits
 * each write would else keep the process from receiving anything.
 *
 * ## Limits
 * A datagram has 65,507 bytes at most over IPv4; a larger one rejects with `EMSGSIZE`. Node receives whether or not
 * anybody reads, and cannot be stopped: 1024 datagrams of 1 MiB in all may wait to be read on a conn
 * (`maxQueuedDatagrams`, `maxQueuedBytes`), the newest are dropped beyond, and `droppedDatagrams` counts them. The system
 * is asked for 1 MiB more (`readBufferBytes`), and drops without a word.
 *
 * A peer listener has 1024 peers at most (`maxPeers`), of which 511 may wait to be accepted (`backlog`); for each, 128
 * datagrams of 256 KiB may wait, for all together 8192 of 8 MiB. While it is full, what strangers send is dropped; peers
 * that are in are never pushed out. A peer that is silent for a minute (`idleTimeoutMs`) ends: its reads give `null`.
 *
 * ## Errors
 * Everything that fails rejects with an {@link OpError} in Go's words, nothing throws at once but what sets an option.
 * That nobody listens at the other end is an error, `ECONNREFUSED`, of the next read or write of a connected conn, if
 * the system learns of it; the conn goes on. `writeTo` on a connected conn, and `write` on one that is not, are errors.
 * An option that makes no sense is a `RangeError`.
 *
 * ## Differences from Go
 * `closeWrite` exists, as every conn has it: later writes fail with `EPIPE`, and nobody else is told. `dial` refuses port
 * 0, which Go connects to in vain. Zones of IPv6 addresses are names, not numbers. A write that times out while the
 * system's buffer is full may leave all the same: `bytesWritten` then is its length. On a conn that serves both protocols
 * (`listen(":5000")`), `setTTL`, `setMulticastTTL` and `setMulticastLoopback` concern IPv6 alone; use `listenUDP("udp4", …)`
 * for IPv4 groups. Messages with control data (`ReadMsgUDP`) cannot be had from Node.
 *
 * @module toolkit/udp
 */
export { resolveUDPAddr, UDPAddr, type UDPAddrParts, type UDPNetwork } from "./addr.js";
export type { ConnectedUDPConn, UDPConn } from "./conn.js";
export { dial, dialUDP } from "./dial.js";
export { listen, listenMulticastUDP, listenUDP } from "./listen.js";
export { listenPeers, type UDPPeerListener } from "./listen-peers.js";
export type {
  UDPDialOptions,
  UDPListenOptions,
  UDPPeersOptions,
  UDPQueueOptions,
  UDPSocketOptions,
} from "./options.js";
export type { UDPPeerConn } from "./peer-conn.js";
