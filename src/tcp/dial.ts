import { syscallError } from "../net/errno.js";
import { OpError } from "../net/errors.js";
import { connect } from "../net/socket/connect.js";
import { checkNetwork, type Endpoint, resolveEndpoints } from "../net/socket/resolve.js";
import { TCPAddr } from "../net/socket/tcp-addr.js";
import { tcpConn } from "./conn.js";
import type { TCPConn, TCPDialOptions } from "./options.js";

/** The networks of this module. */
export type TCPNetwork = "tcp" | "tcp4" | "tcp6";

/** The same, to check what untyped callers give. */
export const tcpNetworks: readonly string[] = ["tcp", "tcp4", "tcp6"];

/**
 * Connects to `host:port`: a name, an IPv4 address, an IPv6 address in brackets (with its zone), or nothing for this
 * machine. A name with addresses of both families is tried as RFC 8305 says.
 *
 * Rejects with an {@link OpError} that says what went wrong, such as
 * `dial tcp 127.0.0.1:1: connect: connection refused`, or with the signal's reason, untouched.
 * @see {@link https://pkg.go.dev/net#Dial | Go net.Dial}
 */
export function dial(address: string | TCPAddr, options: TCPDialOptions = {}): Promise<TCPConn> {
  return dialNetwork("tcp", address, options);
}

/**
 * Connects from `laddr`, or from anywhere if it is `null`, to `raddr`.
 * @see {@link https://pkg.go.dev/net#DialTCP | Go net.DialTCP}
 */
export function dialTCP(network: TCPNetwork, laddr: TCPAddr | null, raddr: TCPAddr): Promise<TCPConn> {
  return dialNetwork(network, raddr, laddr === null ? {} : { localAddr: laddr });
}

/**
 * Finds the TCP address that `address` means; of several, the first IPv4 one.
 * @throws {AddrError} for an address that is none; {@link NetError} for an unknown name, port or network
 * @see {@link https://pkg.go.dev/net#ResolveTCPAddr | Go net.ResolveTCPAddr}
 */
export async function resolveTCPAddr(network: TCPNetwork, address: string): Promise<TCPAddr> {
  checkNetwork(network, tcpNetworks);
  const found = await resolveEndpoints(network, address);
  const chosen = found.find(({ ip }) => ip.to4() !== null) ?? found[0];
  return addr(chosen as Endpoint);
}

/** Connects on one of the TCP networks. */
export async function dialNetwork(
  network: TCPNetwork,
  address: string | TCPAddr,
  options: TCPDialOptions,
): Promise<TCPConn> {
  try {
    checkNetwork(network, tcpNetworks);
  } catch (cause) {
    const known = typeof address === "string" ? undefined : address;
    throw new OpError({ op: "dial", net: network, addr: known, cause: cause as Error });
  }
  const { localAddr: local, ...rest } = options;
  const { socket, receiver } = await connect(network, address, { ...rest, local, addrOf: addr, share: true });
  const conn = tcpConn(network, socket, receiver, options.keepAlivePeriodMs);
  if (conn !== null) return conn;
  throw new OpError({ op: "dial", net: network, cause: syscallError("connect", "ECONNRESET") });
}

function addr(endpoint: Endpoint): TCPAddr {
  return endpoint instanceof TCPAddr ? endpoint : new TCPAddr(endpoint);
}
