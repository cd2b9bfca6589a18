import type { StreamConn } from "../net/conn.js";
import { NetError, OpError } from "../net/errors.js";
import { dialNetwork as dialTCP } from "../tcp/dial.js";
import { clientOptions } from "../tls/context.js";
import { dial as dialTLS } from "../tls/dial.js";
import type { TLSClientOptions } from "../tls/options.js";
import { dial as dialUnix } from "../unix/dial.js";
import { dial as dialWS } from "../ws/dial.js";
import { type Client, type NewClientOptions, newClient } from "./client.js";
import { checkCodec, checkDuplexCodec } from "./codecs.js";
import { connectHTTP } from "./http/connect-client.js";
import { defaultRPCPath } from "./http/connect-head.js";
import { type NewPeerOptions, newPeer, type Peer } from "./peer.js";

/** The networks that a client can be dialled on. */
export type DialNetwork = "tcp" | "tcp4" | "tcp6" | "tls" | "unix" | "ws" | "wss";

/** How to connect. */
export interface ConnOptions {
  /** Aborts dialling: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** How long dialling may take, in ms. @default 30_000 */
  timeoutMs?: number | undefined;
  /** Whom to trust, and who we are, on `"tls"` and `"wss"`, where no protocol is on offer but HTTP. */
  tls?: TLSClientOptions | undefined;
}

/** Options of {@link dial}. */
export interface DialOptions extends NewClientOptions, ConnOptions {}

/** Options of {@link dialPeer}. */
export interface DialPeerOptions extends NewPeerOptions, ConnOptions {}

const defaultDialTimeoutMs = 30_000;

interface Reach {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly tls: TLSClientOptions | undefined;
}

const dials: Readonly<Record<DialNetwork, (address: string, reach: Reach) => Promise<StreamConn>>> = {
  tcp: (address, { signal, timeoutMs }) => dialTCP("tcp", address, { signal, timeoutMs }),
  tcp4: (address, { signal, timeoutMs }) => dialTCP("tcp4", address, { signal, timeoutMs }),
  tcp6: (address, { signal, timeoutMs }) => dialTCP("tcp6", address, { signal, timeoutMs }),
  tls: (address, { signal, timeoutMs, tls }) => dialTLS(address, { ...tls, signal, timeoutMs }),
  unix: (address, { signal, timeoutMs }) => dialUnix(address, { signal, timeoutMs }),
  ws: (address, { signal, timeoutMs }) => dialWS(webSocketURL("ws", address), { signal, timeoutMs }),
  wss: async (address, { signal, timeoutMs, tls }) => {
    const { ALPNProtocols: _, ...trust } = clientOptions(tls ?? {});
    return dialWS(webSocketURL("wss", address), { signal, timeoutMs, tls: { ...trust, serverName: tls?.serverName } });
  },
};

/**
 * Connects to a server: at `host:port`, for `"unix"` at a path, for `"ws"` and `"wss"` also with a URL's path, or at a
 * whole URL.
 *
 * Rejects with an {@link OpError} when it cannot connect, `dial foo: unknown network foo` among them; with the signal's
 * reason, untouched; with a `TypeError` for a codec that is none.
 * @see {@link https://pkg.go.dev/net/rpc#Dial | Go rpc.Dial}
 */
export async function dial(network: DialNetwork, address: string, options: DialOptions = {}): Promise<Client> {
  checkCodec(options.codec);
  return newClient(await connect(network, address, options), options);
}

async function connect(network: DialNetwork, address: string, options: ConnOptions): Promise<StreamConn> {
  const { signal, timeoutMs = defaultDialTimeoutMs, tls } = options;
  if (!Object.hasOwn(dials, network)) throw unknownNetwork(network);
  return dials[network](address, { signal, timeoutMs, tls });
}

/**
 * Connects to a server that serves RPC over HTTP, on Go's path `/_goRPC_`.
 *
 * Rejects as {@link dial} does, and with an {@link OpError} such as `dial-http tcp 127.0.0.1:1: unexpected HTTP response:
 * 404 Not Found`. Go's servers speak gob there, so that is the codec unless another is given.
 * @see {@link https://pkg.go.dev/net/rpc#DialHTTP | Go rpc.DialHTTP}
 */
export function dialHTTP(network: DialNetwork, address: string, options?: DialOptions): Promise<Client> {
  return dialHTTPPath(network, address, defaultRPCPath, options);
}

/**
 * Connects to a server that serves RPC over HTTP, on a path of its own.
 * @see {@link https://pkg.go.dev/net/rpc#DialHTTPPath | Go rpc.DialHTTPPath}
 */
export async function dialHTTPPath(
  network: DialNetwork,
  address: string,
  path: string,
  options: DialOptions = {},
): Promise<Client> {
  const { signal, timeoutMs = defaultDialTimeoutMs } = options;
  const codec = checkCodec(options.codec ?? "gob");
  const startedAt = performance.now();
  const conn = await connect(network, address, options);
  const left = Math.max(1, timeoutMs - (performance.now() - startedAt));
  return newClient(await connectHTTP(conn, { path, network, address, signal, timeoutMs: left }), { ...options, codec });
}

/**
 * Connects to a server over which both ends call.
 *
 * Rejects as {@link dial} does.
 */
export async function dialPeer(network: DialNetwork, address: string, options: DialPeerOptions = {}): Promise<Peer> {
  checkDuplexCodec(options.codec);
  return newPeer(await connect(network, address, options), options);
}

function unknownNetwork(network: string): OpError {
  const cause = new NetError(`unknown network ${network}`, { code: "ERR_UNKNOWN_NETWORK" });
  return new OpError({ op: "dial", net: network, cause });
}

function webSocketURL(scheme: "ws" | "wss", address: string): string {
  return address.includes("://") ? address : `${scheme}://${address}`;
}
