import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { WSAddr } from "../../../src/ws/addr.js";
import type { Agreement } from "../../../src/ws/compression.js";
import { type ConnOptions, settingsOf } from "../../../src/ws/options.js";
import { WebSocketConn } from "../../../src/ws/web-socket-conn.js";

/** Options of {@link makeConns}. */
export interface PairOptions extends ConnOptions {
  /** What both ends compress with; the side is filled in. */
  compression?: Omit<Agreement, "isServer">;
  /** Options of the server alone. */
  server?: ConnOptions;
}

/** Two sockets that are connected. */
export async function makeSockets(): Promise<[Socket, Socket]> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
    [Socket],
    unknown,
  ];
  server.close();
  return [client, accepted];
}

/** Makes a conn of a socket, as if there had been a handshake. */
export function connOf(socket: Socket, isServer: boolean, options: PairOptions = {}): WebSocketConn {
  const addr = new WSAddr({ secure: false, hostname: "127.0.0.1", port: 1 });
  const { compression, server, ...shared } = options;
  return new WebSocketConn({
    socket,
    receiver: undefined,
    head: new Uint8Array(0),
    isServer,
    localAddr: addr,
    remoteAddr: addr,
    subprotocol: "",
    settings: settingsOf(isServer ? { ...shared, ...server } : shared),
    compression: compression === undefined ? null : { ...compression, isServer },
  });
}

/** Makes two conns that are connected, the client first. */
export async function makeConns(options: PairOptions = {}): Promise<[client: WebSocketConn, server: WebSocketConn]> {
  const [client, server] = await makeSockets();
  return [connOf(client, false, options), connOf(server, true, options)];
}

/** Compression without and with a context. */
export const compressions: readonly [name: string, compression: Omit<Agreement, "isServer">][] = [
  [
    "no context",
    { params: { client_no_context_takeover: true, server_no_context_takeover: true }, level: 1, thresholdBytes: 0 },
  ],
  ["a context", { params: {}, level: 6, thresholdBytes: 0 }],
  ["a small window", { params: { client_max_window_bits: 9, server_max_window_bits: 9 }, level: 9, thresholdBytes: 0 }],
];
