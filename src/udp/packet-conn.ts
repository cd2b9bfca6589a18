import type { RemoteInfo, Socket } from "node:dgram";
import type { Bytes, Datagram, OpOptions } from "../net/conn.js";
import { syscallError } from "../net/errno.js";
import { AddrError, ClosedError, NetError, OpError } from "../net/errors.js";
import type { IP } from "../net/ip.js";
import type { UDPAddr } from "./addr.js";
import type { UDPConn } from "./conn.js";
import { DatagramConn } from "./datagram-conn.js";
import type { SocketFamily } from "./family.js";
import { withSender } from "./inbox.js";
import { hasIPv4, interfaceFor, versionOf } from "./multicast.js";
import { type Limits, Room } from "./room.js";
import { Sender } from "./sender.js";
import { optionError } from "./socket.js";
import { type Target, Targets } from "./targets.js";

/** What a {@link SocketUDPConn} is made of. */
export interface SocketUDPConnParts<R extends UDPAddr | null> {
  /** A socket that is bound, and connected if there is a `remoteAddr`. */
  socket: Socket;
  /** The network's name in errors, as `"udp"`. */
  net: string;
  family: SocketFamily;
  localAddr: UDPAddr;
  remoteAddr: R;
  limits: Limits;
}

/** Makes a {@link UDPConn}, or a connected one, of a Node socket. */
export class SocketUDPConn<R extends UDPAddr | null> extends DatagramConn<R> implements UDPConn {
  readonly #socket: Socket;
  readonly #family: SocketFamily;
  readonly #targets: Targets;

  constructor(parts: SocketUDPConnParts<R>) {
    const { socket, family, remoteAddr } = parts;
    super({ ...parts, room: new Room(parts.limits), sender: new Sender(socket) });
    this.#socket = socket;
    this.#family = family;
    this.#targets = new Targets(family.version);
    socket.on("error", (err) => this.inbox.fail(err));
    socket.once("close", () => this.resolveClosed());
    socket.on("message", remoteAddr === null ? this.#onDatagram : this.#onPeerDatagram(remoteAddr));
  }

  readonly #onDatagram = (data: Bytes, { address, port }: RemoteInfo): void => {
    this.inbox.push(data, this.#targets.from(address, port).addr);
  };

  /** Between being bound and being connected, a socket hears anybody. */
  #onPeerDatagram(peer: UDPAddr): (data: Bytes, from: RemoteInfo) => void {
    const { address: host, port: peerPort } = this.#socket.remoteAddress();
    return (data, { address, port }) => {
      if (port === peerPort && address === host) this.inbox.push(data, peer);
    };
  }

  write(p: Bytes, options?: OpOptions): Promise<number> {
    if (this.remoteAddr !== null) return this.outbox.write(p, null, options?.signal);
    return this.#refuse(syscallError("write", "EDESTADDRREQ"), null, options);
  }

  readFrom(p: Bytes, options?: OpOptions): Promise<Datagram<UDPAddr>> {
    return this.inbox.read(p, withSender, options?.signal) as Promise<Datagram<UDPAddr>>; // this inbox never ends
  }

  writeTo(p: Bytes, addr: UDPAddr, options?: OpOptions): Promise<number> {
    let target: Target;
    try {
      target = this.#target(addr);
    } catch (cause) {
      return this.#refuse(cause as Error, addr, options);
    }
    return this.outbox.write(p, target, options?.signal);
  }

  #target(addr: UDPAddr): Target {
    if (this.remoteAddr !== null) throw writeToConnected();
    if (addr === null || addr === undefined) throw new AddrError("missing address", "");
    if (addr.transport !== "udp") throw new NetError("invalid argument", { code: "EINVAL" });
    const target = this.#targets.to(addr);
    if (target.port === 0) throw syscallError("sendto", "EINVAL");
    return target;
  }

  #refuse(cause: Error, addr: UDPAddr | null | undefined, options: OpOptions | undefined): Promise<never> {
    const { signal } = options ?? {};
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const reason = this.isClosed ? new ClosedError() : cause;
    return Promise.reject(this.opError("write", reason, addr, 0));
  }

  get readBufferBytes(): number {
    return this.isClosed ? 0 : this.#socket.getRecvBufferSize();
  }
  get writeBufferBytes(): number {
    return this.isClosed ? 0 : this.#socket.getSendBufferSize();
  }
  setReadBuffer(bytes: number): void {
    this.#set(() => this.#socket.setRecvBufferSize(bytes));
  }
  setWriteBuffer(bytes: number): void {
    this.#set(() => this.#socket.setSendBufferSize(bytes));
  }
  setBroadcast(on = true): void {
    this.#set(() => this.#socket.setBroadcast(on));
  }
  setTTL(hops: number): void {
    this.#set(() => this.#socket.setTTL(hops));
  }
  setMulticastTTL(hops: number): void {
    this.#set(() => this.#socket.setMulticastTTL(hops));
  }
  setMulticastLoopback(on = true): void {
    this.#set(() => this.#socket.setMulticastLoopback(on));
  }

  setMulticastInterface(iface: string): void {
    this.#set(() => {
      const { version, only } = this.#family;
      if (version === 6) this.#socket.setMulticastInterface(interfaceFor(6, iface));
      if (version === 4 || (!only && hasIPv4(iface))) this.#socket.setMulticastInterface(interfaceFor(4, iface));
    });
  }

  joinGroup(group: IP | string, iface?: string): void {
    this.#set(() => this.#socket.addMembership(String(group), nodeInterface(group, iface)));
  }
  leaveGroup(group: IP | string, iface?: string): void {
    this.#set(() => this.#socket.dropMembership(String(group), nodeInterface(group, iface)));
  }
  joinSourceSpecificGroup(group: IP | string, source: IP | string, iface?: string): void {
    const at = () => nodeInterface(group, iface);
    this.#set(() => this.#socket.addSourceSpecificMembership(String(source), String(group), at()));
  }
  leaveSourceSpecificGroup(group: IP | string, source: IP | string, iface?: string): void {
    const at = () => nodeInterface(group, iface);
    this.#set(() => this.#socket.dropSourceSpecificMembership(String(source), String(group), at()));
  }

  ref(): void {
    this.#socket.ref();
  }
  unref(): void {
    this.#socket.unref();
  }

  protected release(): void {
    this.#socket.close();
  }

  /** Sets something; what the system refuses becomes an OpError, what the caller did wrong stays as it is. */
  #set(action: () => void): void {
    try {
      if (this.isClosed) throw new ClosedError();
      action();
    } catch (err) {
      if (err instanceof TypeError || err instanceof RangeError) throw err;
      throw new OpError({ op: "set", net: this.net, addr: this.localAddr, cause: optionError(err) });
    }
  }
}

function nodeInterface(group: IP | string, iface: string | undefined): string | undefined {
  return iface === undefined ? undefined : interfaceFor(versionOf(group), iface);
}

/** @see {@link https://pkg.go.dev/net#ErrWriteToConnected | Go net.ErrWriteToConnected} */
function writeToConnected(): NetError {
  return new NetError("use of WriteTo with pre-connected connection", { code: "ERR_WRITE_TO_CONNECTED" });
}
