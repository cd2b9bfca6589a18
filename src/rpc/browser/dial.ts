import type { StreamConn } from "../../net/conn.js";
import { NetError, OpError } from "../../net/errors.js";
import { dial as dialWS } from "../../ws/browser/dial.js";
import { type Client, type NewClientOptions, newClient } from "../client.js";
import { checkCodec } from "../codecs.js";
import { NotSupportedError } from "../not-supported-error.js";
import { type NewPeerOptions, newPeer, type Peer } from "../peer.js";

/** The networks that a client can be dialled on: in a browser `"ws"` and `"wss"`. */
export type DialNetwork = "tcp" | "tcp4" | "tcp6" | "tls" | "unix" | "ws" | "wss";

/** How to connect. */
export interface ConnOptions {
  /** Aborts dialling: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** How long dialling may take, in ms. @default 30_000 */
  timeoutMs?: number | undefined;
  /** Is refused: a browser sees to TLS itself. */
  tls?: object | undefined;
}

/** Options of {@link dial}. */
export interface DialOptions extends NewClientOptions, ConnOptions {}

/** Options of {@link dialPeer}. */
export interface DialPeerOptions extends NewPeerOptions, ConnOptions {}

const defaultDialTimeoutMs = 30_000;
const elsewhere = ["tcp", "tcp4", "tcp6", "tls", "unix"];

/**
 * Connects to a server over WebSocket: at `host:port`, also with a URL's path, or at a whole URL.
 *
 * Rejects with an {@link OpError} when it cannot connect, `dial foo: unknown network foo` among them; with a
 * `NotSupportedError`, of code `ERR_NOT_SUPPORTED`, for the networks that a browser does not have; with the signal's
 * reason, untouched.
 * @see {@link https://pkg.go.dev/net/rpc#Dial | Go rpc.Dial}
 */
export async function dial(network: DialNetwork, address: string, options: DialOptions = {}): Promise<Client> {
  checkCodec(options.codec);
  return newClient(await connect(network, address, options), options);
}

/**
 * Connects to a server over which both ends call.
 *
 * Rejects as {@link dial} does.
 */
export async function dialPeer(network: DialNetwork, address: string, options: DialPeerOptions = {}): Promise<Peer> {
  checkCodec(options.codec);
  return newPeer(await connect(network, address, options), options);
}

async function connect(network: DialNetwork, address: string, options: ConnOptions): Promise<StreamConn> {
  const { signal, timeoutMs = defaultDialTimeoutMs, tls } = options;
  if (elsewhere.includes(network)) throw new NotSupportedError(`dial ${network}`);
  if (network !== "ws" && network !== "wss") throw unknownNetwork(network);
  if (tls !== undefined) throw new NotSupportedError("tls");
  return dialWS(webSocketURL(network, address), { signal, timeoutMs });
}

function unknownNetwork(network: string): OpError {
  const cause = new NetError(`unknown network ${network}`, { code: "ERR_UNKNOWN_NETWORK" });
  return new OpError({ op: "dial", net: network, cause });
}

function webSocketURL(scheme: "ws" | "wss", address: string): string {
  return address.includes("://") ? address : `${scheme}://${address}`;
}
