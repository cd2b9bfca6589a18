import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Listener } from "../net/conn.js";
import { OpError } from "../net/errors.js";
import { bind, closeOnAbort } from "../net/socket/bind.js";
import { keepAlivePeriod } from "../net/socket/connect.js";
import { Receiver } from "../net/socket/receiver.js";
import { checkFamily, checkNetwork, familyOf, hostOf } from "../net/socket/resolve.js";
import { defaultBacklog, SocketListener } from "../net/socket/socket-listener.js";
import { type TCPAddr, tcpAddrOf } from "../net/socket/tcp-addr.js";
import { tcpConn } from "./conn.js";
import { resolveTCPAddr, type TCPNetwork, tcpNetworks } from "./dial.js";
import type { TCPConn, TCPListenOptions } from "./options.js";

/** Accepts {@link TCPConn}s. @see {@link https://pkg.go.dev/net#TCPListener | Go net.TCPListener} */
export type TCPListener = Listener<TCPConn, TCPAddr>;

/**
 * Listens on `host:port`. No host means all addresses of both families, port 0 a free port that `addr` tells.
 *
 * Rejects with an {@link OpError} such as `listen tcp 127.0.0.1:80: bind: address already in use`.
 * @see {@link https://pkg.go.dev/net#Listen | Go net.Listen}
 */
export function listen(address: string | TCPAddr, options: TCPListenOptions = {}): Promise<TCPListener> {
  return listenNetwork("tcp", address, options);
}

/**
 * Listens on `laddr`.
 * @see {@link https://pkg.go.dev/net#ListenTCP | Go net.ListenTCP}
 */
export function listenTCP(network: TCPNetwork, laddr: TCPAddr): Promise<TCPListener> {
  return listenNetwork(network, laddr, {});
}

/** Listens on one of the TCP networks. */
export async function listenNetwork(
  network: TCPNetwork,
  address: string | TCPAddr,
  options: TCPListenOptions,
): Promise<TCPListener> {
  const { signal, backlog = defaultBacklog } = options;
  signal?.throwIfAborted();
  let addr: TCPAddr | undefined = typeof address === "string" ? undefined : address;
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  try {
    checkNetwork(network, tcpNetworks);
    addr ??= await resolveTCPAddr(network, address as string);
    checkFamily(network, addr);
    await bind(server, { ...listenOptions(network, addr), backlog });
  } catch (cause) {
    throw new OpError({ op: "listen", net: network, addr, cause: cause as Error });
  }
  const bound = server.address() as AddressInfo;
  const listener = new SocketListener<TCPConn, TCPAddr>({
    server,
    net: network,
    addr: tcpAddrOf(bound.address, bound.port) ?? addr,
    backlog,
  });
  serve(server, network, listener, options);
  closeOnAbort(listener, signal, server);
  return listener;
}

function listenOptions(network: TCPNetwork, addr: TCPAddr): { port: number; host?: string; ipv6Only: boolean } {
  const family = familyOf(network);
  const any = { 0: undefined, 4: "0.0.0.0", 6: "::" }[family];
  const host = any !== undefined && addr.ip.isUnspecified() ? any : hostOf(addr) || any;
  return { port: addr.port, ipv6Only: family === 6, ...(host === undefined ? {} : { host }) };
}

function serve(
  server: Server,
  network: string,
  listener: SocketListener<TCPConn, TCPAddr>,
  { noDelay = true, keepAlive = true, keepAlivePeriodMs }: TCPListenOptions,
): void {
  server.on("connection", (accepted: Socket) => {
    accepted.on("error", () => {}); // until it has a conn that keeps its failure
    if (!listener.hasRoom) {
      accepted.resetAndDestroy();
      return;
    }
    const receiver = new Receiver();
    const adopted = receiver.adopt(accepted);
    const socket = adopted ?? accepted;
    socket.setNoDelay(noDelay); // here, as what the server sets an adopted socket would not know of
    socket.setKeepAlive(keepAlive, keepAlivePeriod(keepAlivePeriodMs));
    const conn = tcpConn(network, socket, adopted === null ? undefined : receiver, keepAlivePeriodMs);
    if (conn === null) socket.destroy();
    else listener.offer(conn);
  });
}
