/**
 * UDP conns, packet conns and peer listeners: Go's `net.ListenUDP` and `net.DialUDP`, and a listener on top.
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
