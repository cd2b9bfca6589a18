import { after } from "../internal/after.js";
import { fromNode } from "../net/errno.js";
import { AddrError, OpError, TimeoutError } from "../net/errors.js";
import { checkNetwork, type Endpoint, familyOf, resolveEndpoints, toLocal } from "../net/socket/resolve.js";
import { UDPAddr, type UDPNetwork, udpAddr, udpNetworks } from "./addr.js";
import type { ConnectedUDPConn } from "./conn.js";
import { familyToDial, hostFor } from "./family.js";
import { connLimits } from "./limits.js";
import type { UDPDialOptions } from "./options.js";
import { SocketUDPConn } from "./packet-conn.js";
import { connectSocket, localAddrOf, openSocket, remoteAddrOf } from "./socket.js";

/**
 * Makes a conn that sends to `host:port` and receives from there alone. No host means this machine. Nothing is sent for
 * it: that nobody listens there is an error of a later read or write, if it is noticed at all.
 *
 * Rejects with an {@link OpError}, such as `dial udp: address 1: missing port in address`, or with the signal's reason,
 * untouched.
 * @see {@link https://pkg.go.dev/net#Dial | Go net.Dial}
 */
export function dial(address: string | UDPAddr, options: UDPDialOptions = {}): Promise<ConnectedUDPConn> {
  return dialNetwork("udp", address, options);
}

/**
 * Makes a conn that sends from `laddr`, or from anywhere if it is `null`, to `raddr`.
 * @see {@link https://pkg.go.dev/net#DialUDP | Go net.DialUDP}
 */
export function dialUDP(network: UDPNetwork, laddr: UDPAddr | null, raddr: UDPAddr): Promise<ConnectedUDPConn> {
  return dialNetwork(network, raddr, laddr === null ? {} : { localAddr: laddr });
}

/** Makes a connected conn on one of the UDP networks. */
export async function dialNetwork(
  network: UDPNetwork,
  address: string | UDPAddr,
  options: UDPDialOptions = {},
): Promise<ConnectedUDPConn> {
  const { signal, timeoutMs, localAddr: source } = options;
  connLimits(options);
  signal?.throwIfAborted();
  const fixed = address instanceof UDPAddr ? address : undefined;
  try {
    checkNetwork(network, udpNetworks);
    const endpoints = await within(find(network, address), signal, timeoutMs);
    return await connectFirst(network, endpoints, options);
  } catch (err) {
    signal?.throwIfAborted();
    if (err instanceof OpError) throw err;
    throw new OpError({ op: "dial", net: network, source, addr: fixed, cause: fromNode(err, "connect") });
  }
}

async function find(network: UDPNetwork, address: string | UDPAddr | null): Promise<Endpoint[]> {
  if (address === "" || address === null) throw new AddrError("missing address", "");
  return typeof address === "string" ? resolveEndpoints(network, address) : [address];
}

/** Stops waiting when time is up or the signal is aborted; a look-up cannot be cancelled. */
function within<T>(work: Promise<T>, signal: AbortSignal | undefined, timeoutMs: number | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new TimeoutError());
    const timer = after(timeoutMs, giveUp);
    signal?.addEventListener("abort", giveUp);
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    work.then(resolve, reject).then(release, release);
  });
}

/** Connects to the first endpoint that the system knows a way to; the error is that of the first. */
async function connectFirst(
  network: UDPNetwork,
  endpoints: readonly Endpoint[],
  options: UDPDialOptions,
): Promise<ConnectedUDPConn> {
  let first: unknown;
  for (const endpoint of endpoints) {
    try {
      return await connect(network, endpoint, options);
    } catch (cause) {
      const addr = udpAddr(endpoint);
      first ??= new OpError({ op: "dial", net: network, source: options.localAddr, addr, cause: cause as Error });
    }
  }
  throw first;
}

async function connect(network: UDPNetwork, endpoint: Endpoint, options: UDPDialOptions): Promise<ConnectedUDPConn> {
  const local = options.localAddr;
  const family = familyToDial(network, local, endpoint);
  const from = { host: hostFor(family.version, local ?? new UDPAddr()), port: local?.port ?? 0 };
  const to = { host: hostFor(family.version, toLocal(endpoint, familyOf(network))), port: endpoint.port };
  const socket = await openSocket(family, from, { ...options, exclusive: true });
  await connectSocket(socket, to);
  if (options.signal?.aborted === true) socket.close();
  options.signal?.throwIfAborted();
  const limits = connLimits(options);
  const [localAddr, remoteAddr] = [localAddrOf(socket), remoteAddrOf(socket)];
  return new SocketUDPConn({ socket, net: network, family, localAddr, remoteAddr, limits });
}
