import type { Socket } from "node:dgram";
import { OpError } from "../net/errors.js";
import { closeOnAbort } from "../net/socket/bind.js";
import { checkNetwork } from "../net/socket/resolve.js";
import { resolveUDPAddr, UDPAddr, type UDPNetwork, udpNetworks } from "./addr.js";
import type { UDPConn } from "./conn.js";
import { familyToListen, hostFor, type SocketFamily } from "./family.js";
import { connLimits } from "./limits.js";
import type { UDPListenOptions } from "./options.js";
import { SocketUDPConn } from "./packet-conn.js";
import { localAddrOf, openSocket, type SocketRequest } from "./socket.js";

/**
 * Binds a conn to `host:port`, which receives from anybody and sends to anybody. No host means all addresses of both
 * families, port 0 a free port that `localAddr` tells.
 *
 * Rejects with an {@link OpError} such as `listen udp 127.0.0.1:53: bind: address already in use`.
 * @see {@link https://pkg.go.dev/net#ListenPacket | Go net.ListenPacket}
 */
export function listen(address: string | UDPAddr, options: UDPListenOptions = {}): Promise<UDPConn> {
  return listenNetwork("udp", address, options);
}

/**
 * Binds a conn to `laddr`; `null` means any address and a free port.
 * @see {@link https://pkg.go.dev/net#ListenUDP | Go net.ListenUDP}
 */
export function listenUDP(network: UDPNetwork, laddr: UDPAddr | null): Promise<UDPConn> {
  return listenNetwork(network, laddr ?? new UDPAddr(), {});
}

/**
 * Binds a conn to the port of a multicast group, on any address, and joins the group over the interface of that name,
 * as `eth0`, or address; `null` lets the system choose. Others may listen for the group at the same time. What the conn
 * itself sends to a group is not received on this machine, unless `setMulticastLoopback` allows it.
 * @see {@link https://pkg.go.dev/net#ListenMulticastUDP | Go net.ListenMulticastUDP}
 */
export async function listenMulticastUDP(network: UDPNetwork, iface: string | null, gaddr: UDPAddr): Promise<UDPConn> {
  const conn = await listenNetwork(network, gaddr, { reuseAddr: true });
  try {
    if (iface !== null) conn.setMulticastInterface(iface);
    conn.setMulticastLoopback(false);
    conn.joinGroup(gaddr.ip, iface ?? undefined);
    return conn;
  } catch (err) {
    conn.close();
    throw err instanceof OpError ? listenError(network, gaddr, err.cause) : err;
  }
}

/** Binds a conn on one of the UDP networks. */
async function listenNetwork(
  network: UDPNetwork,
  address: string | UDPAddr,
  options: UDPListenOptions = {},
): Promise<UDPConn> {
  const limits = connLimits(options);
  const { socket, family } = await bindNetwork(network, address, options);
  const localAddr = localAddrOf(socket);
  const conn = new SocketUDPConn({ socket, net: network, family, localAddr, remoteAddr: null, limits });
  closeOnAbort(conn, options.signal, socket);
  return conn;
}

/** A socket that is bound, and its family. */
export interface Bound {
  socket: Socket;
  family: SocketFamily;
}

/** Binds a socket on one of the UDP networks; rejects with an OpError, or with the signal's reason. */
export async function bindNetwork(
  network: UDPNetwork,
  address: string | UDPAddr,
  request: SocketRequest & Pick<UDPListenOptions, "signal">,
): Promise<Bound> {
  request.signal?.throwIfAborted();
  let addr: UDPAddr | undefined;
  try {
    if (typeof address !== "string") addr = address;
    checkNetwork(network, udpNetworks);
    addr ??= await resolveUDPAddr(network, address as string);
    return await bindAt(network, addr, request);
  } catch (cause) {
    throw listenError(network, addr, cause as Error);
  }
}

async function bindAt(network: UDPNetwork, addr: UDPAddr, request: SocketRequest): Promise<Bound> {
  const group = addr.ip.isMulticast();
  const family = familyToListen(network, addr);
  const { port } = addr;
  const host = hostFor(family.version, group ? new UDPAddr() : addr);
  const shared = group ? { ...request, reuseAddr: true } : request;
  try {
    return { socket: await openSocket(family, { host, port }, shared), family };
  } catch (err) {
    const fallback = family.version === 6 && host === "::" && network === "udp" && !group && lacksIPv6(err);
    if (!fallback) throw err;
    return bindAt("udp4", new UDPAddr({ port }), request);
  }
}

/** Tells whether a machine without IPv6 is what made a socket fail that would have served both protocols. */
function lacksIPv6(err: unknown): boolean {
  const { code } = err as { code?: unknown };
  return code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL";
}

function listenError(network: string, addr: UDPAddr | undefined, cause: Error): OpError {
  return new OpError({ op: "listen", net: network, addr, cause });
}
