import type { RemoteInfo } from "node:dgram";
import { AsyncQueue } from "../internal/async-queue.js";
import { acceptAll } from "../net/accept-all.js";
import type { AcceptOptions, Bytes, Listener } from "../net/conn.js";
import { fromNode } from "../net/errno.js";
import { ClosedError, OpError } from "../net/errors.js";
import { closeOnAbort } from "../net/socket/bind.js";
import { parseEndpoint } from "../net/socket/resolve.js";
import { defaultBacklog } from "../net/socket/socket-listener.js";
import { UDPAddr, type UDPNetwork } from "./addr.js";
import { atLeastOne, peerLimits, totalLimits } from "./limits.js";
import { bindNetwork } from "./listen.js";
import { defaultIdleTimeoutMs, defaultMaxPeers, type UDPPeersOptions } from "./options.js";
import { PeerConn, type UDPPeerConn } from "./peer-conn.js";
import { PeerTable } from "./peers.js";
import { type Limits, Room } from "./room.js";
import { type Share, SharedSocket } from "./shared-socket.js";
import { localAddrOf } from "./socket.js";

/**
 * Accepts a conn for each remote address that sends to one socket.
 *
 * A conn outlives the listener that accepted it; the socket is closed with the last of them.
 */
export interface UDPPeerListener extends Listener<UDPPeerConn, UDPAddr> {
  /** How many peers there are, accepted and not. */
  readonly peers: number;
  /** How many datagrams of peers were dropped because nobody read them in time. */
  readonly droppedDatagrams: number;
  /** How many datagrams were dropped because their sender was no peer, and could not become one. */
  readonly refusedDatagrams: number;
}

/**
 * Listens on `host:port` and makes a conn of each address that sends something, so that code for a {@link Listener} runs
 * on UDP. Its first datagram is the first that the conn reads.
 *
 * A peer whose conn is closed, or that was silent for `idleTimeoutMs`, is forgotten; what it sends then makes a new one.
 * Everything is bounded: peers (`maxPeers`), those not accepted yet (`backlog`), and what waits to be read of each and of
 * all. At a bound it is the newest that is dropped: new peers never push old ones out.
 *
 * Rejects with an {@link OpError} such as `listen udp 127.0.0.1:53: bind: address already in use`.
 *
 * @example
 * ```ts
 * import { dial, listenPeers } from "toolkit/udp";
 *
 * const listener = await listenPeers("127.0.0.1:0", { idleTimeoutMs: 100 });
 * const client = await dial(listener.addr);
 * await client.write(new Uint8Array(5));
 *
 * const conn = await listener.accept();
 * const p = new Uint8Array(65_507);
 * console.log(await conn.read(p)); // 5
 * console.log(await conn.read(p)); // null
 * client.close();
 * listener.close();
 * ```
 */
export function listenPeers(address: string | UDPAddr, options: UDPPeersOptions = {}): Promise<UDPPeerListener> {
  return listenPeersNetwork("udp", address, options);
}

/** Listens for peers on one of the UDP networks. */
export async function listenPeersNetwork(
  network: UDPNetwork,
  address: string | UDPAddr,
  options: UDPPeersOptions = {},
): Promise<UDPPeerListener> {
  const bounds = boundsOf(options);
  const { socket } = await bindNetwork(network, address, { ...options, exclusive: true });
  const listener = new PeerListener(network, localAddrOf(socket), new SharedSocket(socket), bounds);
  closeOnAbort(listener, options.signal, socket);
  return listener;
}

/** What bounds a {@link PeerListener}. */
interface Bounds {
  maxPeers: number;
  idleTimeoutMs: number;
  backlog: number;
  each: Limits;
  all: Limits;
}

function boundsOf(options: UDPPeersOptions): Bounds {
  return {
    maxPeers: atLeastOne("maxPeers", options.maxPeers ?? defaultMaxPeers),
    idleTimeoutMs: atLeastOne("idleTimeoutMs", options.idleTimeoutMs ?? defaultIdleTimeoutMs),
    backlog: atLeastOne("backlog", options.backlog ?? defaultBacklog),
    each: peerLimits(options),
    all: totalLimits(options),
  };
}

class PeerListener implements UDPPeerListener {
  readonly addr: UDPAddr;
  readonly #net: string;
  readonly #shared: SharedSocket;
  readonly #share: Share;
  readonly #each: Limits;
  readonly #room: Room;
  readonly #table: PeerTable<PeerConn>;
  readonly #waiting: AsyncQueue<PeerConn>;
  #closed = false;

  constructor(net: string, addr: UDPAddr, shared: SharedSocket, bounds: Bounds) {
    this.addr = addr;
    this.#net = net;
    this.#shared = shared;
    this.#share = shared.enter();
    this.#each = bounds.each;
    this.#room = new Room(bounds.all);
    this.#table = new PeerTable({ ...bounds, admit: (host, port, data) => this.#admit(host, port, data) });
    this.#waiting = new AsyncQueue(bounds.backlog);
    shared.socket.on("message", this.#onDatagram);
    shared.socket.on("error", (err) => this.#waiting.rejectTakers(() => this.#opError(fromNode(err, "recvfrom"))));
  }

  get peers(): number {
    return this.#table.size;
  }
  get droppedDatagrams(): number {
    return this.#table.dropped;
  }
  get refusedDatagrams(): number {
    return this.#table.refused;
  }

  accept(options?: AcceptOptions): Promise<UDPPeerConn> {
    return this.#waiting.take(options?.signal);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const conn of this.#waiting.close(() => this.#opError(new ClosedError()))) conn.close();
    this.#share.leave();
  }

  ref(): void {
    this.#share.hold(true);
  }
  unref(): void {
    this.#share.hold(false);
  }
  [Symbol.asyncIterator](): AsyncIterableIterator<UDPPeerConn> {
    return acceptAll(this);
  }
  [Symbol.dispose](): void {
    this.close();
  }

  readonly #onDatagram = (data: Bytes, { address, port }: RemoteInfo): void => {
    this.#table.deliver(address, port, data);
  };

  /** A stranger becomes a peer if both it and its datagram find a place. */
  #admit(host: string, port: number, data: Bytes): PeerConn | null {
    if (!this.#waiting.hasRoom) return null;
    const conn = new PeerConn({
      net: this.#net,
      localAddr: this.addr,
      peer: { host, port, addr: new UDPAddr(parseEndpoint(host, port)) },
      shared: this.#shared,
      room: new Room(this.#each, this.#room),
      onRelease: this.#onRelease,
    });
    if (conn.deliver(data) && this.#waiting.push(conn)) return conn;
    conn.close();
    return null;
  }

  readonly #onRelease = (conn: PeerConn): void => {
    this.#table.remove(conn);
    this.#waiting.remove(conn);
  };

  #opError(cause: Error): OpError {
    return new OpError({ op: "accept", net: this.#net, addr: this.addr, cause });
  }
}
