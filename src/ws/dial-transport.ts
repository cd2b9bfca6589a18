import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Conn as NetConn } from "../net/conn.js";
import { OpError } from "../net/errors.js";
import { joinHostPort } from "../net/host-port.js";
import { type Connected, connect } from "../net/socket/connect.js";
import { duplexOf } from "../net/socket/duplex.js";
import { TCPAddr } from "../net/socket/tcp-addr.js";
import { type Attempt, isTheirs } from "./dial-attempt.js";
import { explain } from "./dial-errors.js";
import type { ClientTLS } from "./dial-tls.js";
import type { Target } from "./dial-url.js";
import type { NetDial } from "./options.js";
import { chooseProxy, type Proxy, ProxyError, type ProxyOption } from "./proxy.js";
import { openTunnel } from "./proxy-tunnel.js";

/** How to get to a server. */
export interface Ways {
  readonly proxy: ProxyOption;
  readonly netDial: NetDial | undefined;
  readonly netDialTLS: NetDial | undefined;
  readonly tls: ClientTLS;
}

/** A connection on which a handshake can be done. */
export interface Transport {
  readonly stream: Duplex;
  /** The conn at its bottom, where the caller's own function dialled. */
  readonly netConn: NetConn | undefined;
  /** Our end: a host and a port, where it has them. */
  readonly local: { readonly hostname: string; readonly port: number };
}

/** Connects to a server, by way of a proxy if there is one, and speaks TLS to it if the URL says so. */
export async function openTransport(target: Target, ways: Ways, attempt: Attempt): Promise<Transport> {
  if (target.secure) ways.tls.prepare();
  const name = ways.tls.serverName ?? target.host;
  const proxy = await chooseProxy(ways.proxy, target, attempt);
  if (proxy === null) return reach(target, name, ways, attempt);
  const tunnel = await reachThrough(proxy, target, ways, attempt);
  return target.secure ? secure(tunnel, name, ways, attempt) : tunnel;
}

async function reachThrough(proxy: Proxy, target: Target, ways: Ways, attempt: Attempt): Promise<Transport> {
  try {
    const transport = await reach(proxy, proxy.host, ways, attempt);
    await attempt.wait(openTunnel(transport.stream, proxy, target.host, target.port));
    return transport;
  } catch (err) {
    const isOurs = !isTheirs(err) && !attempt.signal.aborted && !(err instanceof ProxyError);
    throw isOurs ? new ProxyError(proxy.authority, explain(err)) : err;
  }
}

/** Connects to a server or to a proxy, with TLS where it wants that. */
async function reach(hop: Target | Proxy, name: string, ways: Ways, attempt: Attempt): Promise<Transport> {
  const theirTLS = hop.secure ? ways.netDialTLS : undefined;
  const netDial = theirTLS ?? ways.netDial;
  const plain = netDial === undefined ? await dialOurs(hop, attempt) : await dialTheirs(netDial, hop, attempt);
  return hop.secure && theirTLS === undefined ? secure(plain, name, ways, attempt) : plain;
}

async function secure(transport: Transport, name: string, { tls }: Ways, attempt: Attempt): Promise<Transport> {
  return { ...transport, stream: await tls.connect(transport.stream, name, attempt) };
}

async function dialTheirs(netDial: NetDial, hop: Target | Proxy, attempt: Attempt): Promise<Transport> {
  const { socketPath, host, port } = hop;
  const [network, address] =
    socketPath === undefined ? (["tcp", joinHostPort(host, port)] as const) : (["unix", socketPath] as const);
  const netConn = await attempt.theirs(
    () => netDial(network, address, { signal: attempt.signal }),
    (late) => late.close(),
  );
  const { hostname = "", port: localPort = 0 } = netConn.localAddr as { hostname?: string; port?: number };
  return { stream: attempt.own(duplexOf(netConn)), netConn, local: { hostname, port: localPort } };
}

async function dialOurs({ socketPath, host, port }: Target | Proxy, attempt: Attempt): Promise<Transport> {
  const socket = await (socketPath === undefined ? dialTCP(host, port, attempt) : dialUnix(socketPath, attempt));
  const { localAddress: hostname = "", localPort = 0 } = socket;
  return { stream: socket, netConn: undefined, local: { hostname, port: localPort } };
}

async function dialTCP(host: string, port: number, attempt: Attempt): Promise<Socket> {
  const discard = ({ socket }: Connected) => socket.destroy();
  const addrOf = (parts: ConstructorParameters<typeof TCPAddr>[0]) => new TCPAddr(parts);
  try {
    const request = { signal: attempt.signal, share: false, addrOf };
    const { socket } = await attempt.wait(connect("tcp", joinHostPort(host, port), request), discard);
    return attempt.own(socket);
  } catch (err) {
    throw err instanceof OpError ? err.cause : err; // the address is told otherwise
  }
}

async function dialUnix(path: string, attempt: Attempt): Promise<Socket> {
  const socket = attempt.own(connectSocket({ path, allowHalfOpen: true }));
  await attempt.wait(once(socket, "connect"));
  return socket;
}
