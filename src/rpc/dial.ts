import type { StreamConn } from "../net/conn.js";
import { NetError, OpError } from "../net/errors.js";
import { dialNetwork as dialTCP } from "../tcp/dial.js";
import { dial as dialTLS } from "../tls/dial.js";
import type { TLSClientOptions } from "../tls/options.js";
import { dial as dialUnix } from "../unix/dial.js";
import { dial as dialWS } from "../ws/dial.js";
import { type Client, type NewClientOptions, newClient } from "./client.js";
import { checkCodec } from "./codecs.js";

/** The networks that a client can be dialled on. */
export type DialNetwork = "tcp" | "tcp4" | "tcp6" | "tls" | "unix" | "ws" | "wss";

/** Options of {@link dial}. */
export interface DialOptions extends NewClientOptions {
  /** Aborts dialling: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** How long dialling may take, in ms. @default 30_000 */
  timeoutMs?: number | undefined;
  /** Whom to trust, and who we are, on `"tls"`. */
  tls?: TLSClientOptions | undefined;
}

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
  wss: (address, { signal, timeoutMs }) => dialWS(webSocketURL("wss", address), { signal, timeoutMs }),
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
  const { signal, timeoutMs = defaultDialTimeoutMs, tls } = options;
  checkCodec(options.codec);
  if (!Object.hasOwn(dials, network)) throw unknownNetwork(network);
  return newClient(await dials[network](address, { signal, timeoutMs, tls }), options);
}

function unknownNetwork(network: string): OpError {
  const cause = new NetError(`unknown network ${network}`, { code: "ERR_UNKNOWN_NETWORK" });
  return new OpError({ op: "dial", net: network, cause });
}

function webSocketURL(scheme: "ws" | "wss", address: string): string {
  return address.includes("://") ? address : `${scheme}://${address}`;
}
