import type { Bytes, Datagram, OpOptions, PacketConn, StreamConn } from "../net/conn.js";
import type { IP } from "../net/ip.js";
import type { UDPAddr } from "./addr.js";

/**
 * Sends and receives datagrams, of up to 65,507 bytes over IPv4. {@link listen} makes those that speak with anybody.
 *
 * Concurrency: any number of reads and writes may be pending; reads of both kinds are served in one order, and so are
 * writes. Everything that sets an option throws an {@link OpError} with op `set` if the system refuses, or the conn is
 * closed.
 * @see {@link https://pkg.go.dev/net#UDPConn | Go net.UDPConn}
 */
export interface UDPConn extends PacketConn<UDPAddr>, Disposable, AsyncDisposable {
  /** Our address; of a conn that listens on any address, the unspecified one. */
  readonly localAddr: UDPAddr;
  /** The address that we are connected to, or `null`. */
  readonly remoteAddr: UDPAddr | null;
  /** Resolves when the conn is closed and all that it held is released; never rejects. */
  readonly closed: Promise<void>;
  /** How many datagrams were dropped because nobody read them in time; what the system drops is not counted. */
  readonly droppedDatagrams: number;
  /** How many bytes the system keeps until Node receives them, as it tells; Linux grants twice what was asked for. */
  readonly readBufferBytes: number;
  /** How many bytes the system keeps until they leave, as it tells. */
  readonly writeBufferBytes: number;

  /**
   * Receives one datagram into `p` and resolves to its length, which may be 0; what does not fit is lost. An empty `p`
   * gives 0 at once and takes none. A read that times out or is aborted takes none either.
   * @throws {OpError} `connection refused` if the system learned that nobody listens at the peer's port; the conn goes on
   * @see {@link https://pkg.go.dev/net#UDPConn.Read | Go net.UDPConn.Read}
   */
  read(p: Bytes, options?: OpOptions): Promise<number | null>;
  /**
   * Sends `p` as one datagram to the peer, on a connected conn.
   * @throws {OpError} `message too long`; `destination address required` if the conn is not connected; what the system
   * learned of earlier datagrams, as `connection refused`
   * @see {@link https://pkg.go.dev/net#UDPConn.Write | Go net.UDPConn.Write}
   */
  write(p: Bytes, options?: OpOptions): Promise<number>;
  /**
   * Receives one datagram into `p`, and says from where; what does not fit is lost.
   * @see {@link https://pkg.go.dev/net#UDPConn.ReadFromUDP | Go net.UDPConn.ReadFromUDP}
   */
  readFrom(p: Bytes, options?: OpOptions): Promise<Datagram<UDPAddr>>;
  /**
   * Sends `p` as one datagram to `addr`, on a conn that is not connected. It is quickest for the very object that
   * {@link UDPConn.readFrom} gave.
   * @see {@link https://pkg.go.dev/net#UDPConn.WriteToUDP | Go net.UDPConn.WriteToUDP}
   */
  writeTo(p: Bytes, addr: UDPAddr, options?: OpOptions): Promise<number>;

  /** Asks the system for that many bytes until Node receives them. @see {@link https://pkg.go.dev/net#UDPConn.SetReadBuffer | Go net.UDPConn.SetReadBuffer} */
  setReadBuffer(bytes: number): void;
  /** Asks the system for that many bytes until they leave. @see {@link https://pkg.go.dev/net#UDPConn.SetWriteBuffer | Go net.UDPConn.SetWriteBuffer} */
  setWriteBuffer(bytes: number): void;
  /** Allows or forbids to send to broadcast addresses, as 255.255.255.255; allowed from the start, as in Go. */
  setBroadcast(on?: boolean): void;
  /** Sets how many hops datagrams to one machine may take, 1 to 255. */
  setTTL(hops: number): void;
  /** Sets how many hops datagrams to a group may take, 0 to 255; 1, from the start, is the link. */
  setMulticastTTL(hops: number): void;
  /** Lets this machine receive what it sends to a group, as it does from the start, or not. */
  setMulticastLoopback(on?: boolean): void;
  /** Sends to groups over the interface of that name, as `eth0`, or address. */
  setMulticastInterface(iface: string): void;
  /**
   * Receives what is sent to a group, over the interface of that name, as `eth0`, or address. The system chooses one
   * unless told.
   * @see {@link https://pkg.go.dev/golang.org/x/net/ipv4#PacketConn.JoinGroup | Go ipv4.PacketConn.JoinGroup}
   */
  joinGroup(group: IP | string, iface?: string): void;
  /** Ends what {@link UDPConn.joinGroup} began; closing does too. */
  leaveGroup(group: IP | string, iface?: string): void;
  /** Receives what one machine sends to a group. */
  joinSourceSpecificGroup(group: IP | string, source: IP | string, iface?: string): void;
  /** Ends what {@link UDPConn.joinSourceSpecificGroup} began; closing does too. */
  leaveSourceSpecificGroup(group: IP | string, source: IP | string, iface?: string): void;

  /** Lets the conn keep the process alive, which it does from the start. */
  ref(): void;
  /** Lets the process end although the conn is open. */
  unref(): void;
}

/**
 * Sends datagrams to one address and receives from it alone: a {@link UDPConn} that is also a {@link StreamConn}, in
 * which each read and each write is one datagram.
 *
 * It has no end of stream. `closeWrite` ends our writes and tells nobody; neither does `close`.
 */
export interface ConnectedUDPConn extends UDPConn, StreamConn<UDPAddr> {
  /** Our address. */
  readonly localAddr: UDPAddr;
  /** The address that we are connected to. */
  readonly remoteAddr: UDPAddr;
  /** Receives one datagram, as {@link UDPConn.read} says. */
  read(p: Bytes, options?: OpOptions): Promise<number | null>;
  /** Sends one datagram, as {@link UDPConn.write} says. */
  write(p: Bytes, options?: OpOptions): Promise<number>;
}
