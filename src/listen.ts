import { type Network, unknownNetwork } from "./dial.js";
import { listenNetwork as listenTCP, type TCPListener } from "./tcp/listen.js";
import type { TCPListenOptions } from "./tcp/options.js";
import { listen as listenTLS, type TLSListener } from "./tls/listen.js";
import type { TLSListenOptions } from "./tls/options.js";
import { listenPeersNetwork as listenUDP, type UDPPeerListener } from "./udp/listen-peers.js";
import type { UDPPeersOptions } from "./udp/options.js";
import { listen as listenUnix, type UnixListener, type UnixListenOptions } from "./unix/listen.js";
import { listen as listenWS } from "./ws/listen.js";
import type { WSListener } from "./ws/listener.js";
import type { ListenOptions as WSListenOptions } from "./ws/options.js";

/** What {@link listen} takes and gives, by network. */
export interface Listens {
  /** TCP over either family. */
  tcp: { options: TCPListenOptions; listener: TCPListener };
  /** TCP over IPv4. */
  tcp4: { options: TCPListenOptions; listener: TCPListener };
  /** TCP over IPv6. */
  tcp6: { options: TCPListenOptions; listener: TCPListener };
  /** TLS over TCP. */
  tls: { options: TLSListenOptions; listener: TLSListener };
  /** Unix sockets. */
  unix: { options: UnixListenOptions; listener: UnixListener };
  /** UDP over either family. */
  udp: { options: UDPPeersOptions; listener: UDPPeerListener };
  /** UDP over IPv4. */
  udp4: { options: UDPPeersOptions; listener: UDPPeerListener };
  /** UDP over IPv6. */
  udp6: { options: UDPPeersOptions; listener: UDPPeerListener };
  /** WebSocket. */
  ws: { options: WSListenOptions; listener: WSListener };
  /** WebSocket over TLS. */
  wss: { options: WSListenOptions; listener: WSListener };
}

/** The options of {@link listen} on a network: those of its own `listen`. */
export type ListenOptions<N extends Network = Network> = Listens[N]["options"];

type ListenOn<N extends Network> = (address: string, options: Listens[N]["options"]) => Promise<Listens[N]["listener"]>;

const listens: { readonly [N in Network]: ListenOn<N> } = {
  tcp: (address, options) => listenTCP("tcp", address, options),
  tcp4: (address, options) => listenTCP("tcp4", address, options),
  tcp6: (address, options) => listenTCP("tcp6", address, options),
  tls: listenTLS,
  unix: listenUnix,
  udp: (address, options) => listenUDP("udp", address, options),
  udp4: (address, options) => listenUDP("udp4", address, options),
  udp6: (address, options) => listenUDP("udp6", address, options),
  ws: listenWS,
  wss: listenSecureWS,
};

/**
 * Listens at `address` on a network: `host:port`, for `"unix"` a path. UDP gives a conn for each peer. TLS and secure
 * WebSocket need `cert` and `key`.
 *
 * Rejects with an {@link OpError}; the message of an unknown network is `listen foo: unknown network foo`.
 * @see {@link https://pkg.go.dev/net#Listen | Go net.Listen}
 */
export async function listen<N extends Network>(
  network: N,
  address: string,
  options?: ListenOptions<N>,
): Promise<Listens[N]["listener"]> {
  if (!Object.hasOwn(listens, network)) throw unknownNetwork("listen", network);
  const listenOn: ListenOn<N> = listens[network];
  return listenOn(address, options ?? {});
}

function listenSecureWS(address: string, options: WSListenOptions): Promise<WSListener> {
  if (options.cert !== undefined && options.key !== undefined) return listenWS(address, options);
  return Promise.reject(new TypeError("Cannot listen as secure WebSocket needs a certificate: give cert and key"));
}
