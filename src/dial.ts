import { NetError, OpError } from "./net/errors.js";
import { dialNetwork as dialTCP } from "./tcp/dial.js";
import type { TCPConn, TCPDialOptions } from "./tcp/options.js";
import { dial as dialTLS } from "./tls/dial.js";
import type { TLSConn, TLSDialOptions } from "./tls/options.js";
import type { ConnectedUDPConn } from "./udp/conn.js";
import { dialNetwork as dialUDP } from "./udp/dial.js";
import type { UDPDialOptions } from "./udp/options.js";
import { dial as dialUnix, type UnixConn, type UnixDialOptions } from "./unix/dial.js";
import type { Conn as WSConn } from "./ws/conn.js";
import { dial as dialWS } from "./ws/dial.js";
import type { DialOptions as WSDialOptions } from "./ws/options.js";

/** What {@link dial} takes and gives, by network. */
export interface Dials {
  /** TCP over either family. */
  tcp: { options: TCPDialOptions; conn: TCPConn };
  /** TCP over IPv4. */
  tcp4: { options: TCPDialOptions; conn: TCPConn };
  /** TCP over IPv6. */
  tcp6: { options: TCPDialOptions; conn: TCPConn };
  /** TLS over TCP. */
  tls: { options: TLSDialOptions; conn: TLSConn };
  /** Unix sockets. */
  unix: { options: UnixDialOptions; conn: UnixConn };
  /** UDP over either family. */
  udp: { options: UDPDialOptions; conn: ConnectedUDPConn };
  /** UDP over IPv4. */
  udp4: { options: UDPDialOptions; conn: ConnectedUDPConn };
  /** UDP over IPv6. */
  udp6: { options: UDPDialOptions; conn: ConnectedUDPConn };
  /** WebSocket. */
  ws: { options: WSDialOptions; conn: WSConn };
  /** WebSocket over TLS. */
  wss: { options: WSDialOptions; conn: WSConn };
}

/** The name of a network. */
export type Network = keyof Dials;

/** The options of {@link dial} on a network: those of its own `dial`. */
export type DialOptions<N extends Network = Network> = Dials[N]["options"];

type DialOn<N extends Network> = (address: string, options?: DialOptions<N>) => Promise<Dials[N]["conn"]>;

const dials: { readonly [N in Network]: DialOn<N> } = {
  tcp: (address, options = {}) => dialTCP("tcp", address, options),
  tcp4: (address, options = {}) => dialTCP("tcp4", address, options),
  tcp6: (address, options = {}) => dialTCP("tcp6", address, options),
  tls: dialTLS,
  unix: dialUnix,
  udp: (address, options = {}) => dialUDP("udp", address, options),
  udp4: (address, options = {}) => dialUDP("udp4", address, options),
  udp6: (address, options = {}) => dialUDP("udp6", address, options),
  ws: (address, options) => dialWS(webSocketURL("ws", address), options),
  wss: (address, options) => dialWS(webSocketURL("wss", address), options),
};

/**
 * Connects to `address` on a network: `host:port`, for `"unix"` a path, for `"ws"` and `"wss"` also with a URL's path,
 * or a whole URL.
 *
 * Rejects with an {@link OpError}; the message of an unknown network is `dial foo: unknown network foo`.
 * @see {@link https://pkg.go.dev/net#Dial | Go net.Dial}
 */
export async function dial<N extends Network>(
  network: N,
  address: string,
  options?: DialOptions<N>,
): Promise<Dials[N]["conn"]> {
  if (!Object.hasOwn(dials, network)) throw unknownNetwork("dial", network);
  const dialOn: DialOn<N> = dials[network];
  return dialOn(address, options);
}

/** Makes the error of a network that nobody knows. */
export function unknownNetwork(op: "dial" | "listen", network: string): OpError {
  const cause = new NetError(`unknown network ${network}`, { code: "ERR_UNKNOWN_NETWORK" });
  return new OpError({ op, net: network, cause });
}

function webSocketURL(scheme: "ws" | "wss", address: string): string {
  return address.includes("://") ? address : `${scheme}://${address}`;
}
