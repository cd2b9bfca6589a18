import { connect as connectSocket, type Socket, type TcpNetConnectOpts } from "node:net";
import { after } from "../../internal/after.js";
import { fromNode } from "../errno.js";
import { AddrError, OpError, TimeoutError } from "../errors.js";
import { type Attempts, connectFirst } from "./happy-eyeballs.js";
import { Receiver } from "./receiver.js";
import { checkFamily, type Endpoint, familyOf, hostOf, resolveEndpoints, toLocal } from "./resolve.js";

/** What can be said about a connection to be made; the options of every stream adapter's `dial`. */
export interface ConnectOptions {
  /** Aborts dialling: the promise rejects with the signal's reason, and the socket is released. */
  signal?: AbortSignal | undefined;
  /** How long dialling may take, name look-up included, in ms. @default as long as the system tries */
  timeoutMs?: number | undefined;
  /** Whether small writes leave at once (TCP_NODELAY). @default true */
  noDelay?: boolean | undefined;
  /** Whether idle connections are probed. @default true */
  keepAlive?: boolean | undefined;
  /** How long a connection is idle before it is probed, in ms, rounded up to seconds. @default 15_000 */
  keepAlivePeriodMs?: number | undefined;
}

/** Go's default, and ours. */
export const defaultKeepAlivePeriodMs = 15_000;

/** Returns a period in whole seconds, as the system takes it: rounded up, and 0 for the default, as in Go. */
export function keepAlivePeriod(ms: number | undefined): number {
  return ms === undefined || ms <= 0 ? defaultKeepAlivePeriodMs : Math.ceil(ms / 1000) * 1000;
}

/** A socket that is connected, and the receiver that it was made with. */
export interface Connected {
  socket: Socket;
  receiver: Receiver;
}

/** What an adapter adds. */
export interface ConnectRequest extends ConnectOptions {
  /** The adapter's address class, for errors. */
  addrOf(endpoint: Endpoint): { readonly transport: string; toString(): string };
  /** Where to connect from. */
  local?: Endpoint | undefined;
  /** Whether to read into the shared buffer, which a socket that is wrapped again must not. */
  share: boolean;
}

/**
 * Connects to an address, or to an endpoint that is known already.
 * @throws {OpError} with op `dial`, or the signal's reason, untouched
 */
export async function connect(network: string, to: string | Endpoint, request: ConnectRequest): Promise<Connected> {
  const { signal, timeoutMs = Number.POSITIVE_INFINITY } = request;
  signal?.throwIfAborted();
  const over = new AbortController();
  const end = () => over.abort();
  signal?.addEventListener("abort", end);
  const timer = after(timeoutMs, () => over.abort(new TimeoutError()));
  try {
    const endpoints = typeof to === "string" ? await unless(over.signal, resolveDial(network, to)) : [to];
    return await connectFirst(endpoints, attemptsOf(network, request, timeoutMs), over.signal);
  } catch (err) {
    signal?.throwIfAborted();
    throw err instanceof OpError ? err : new OpError({ op: "dial", net: network, cause: fromNode(err, "connect") });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

function resolveDial(network: string, address: string): Promise<Endpoint[]> {
  if (address === "") return Promise.reject(new AddrError("missing address", ""));
  return resolveEndpoints(network === "tls" ? "tcp" : network, address);
}

/** Stops waiting when the signal is aborted; for what cannot be cancelled. */
function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new TimeoutError());
    signal.addEventListener("abort", onAbort);
    const release = () => signal.removeEventListener("abort", onAbort);
    work.then(resolve, reject).then(release, release);
  });
}

function attemptsOf(network: string, request: ConnectRequest, timeoutMs: number): Attempts<Connected> {
  return {
    timeoutMs,
    attempt: (endpoint, shareMs, signal) => attempt(network, endpoint, request, shareMs, signal),
    discard: ({ socket }) => socket.destroy(),
  };
}

function attempt(
  network: string,
  endpoint: Endpoint,
  request: ConnectRequest,
  shareMs: number,
  signal: AbortSignal,
): Promise<Connected> {
  const source = request.local === undefined ? undefined : request.addrOf(request.local);
  const addr = request.addrOf(endpoint);
  const dialError = (cause: Error) => new OpError({ op: "dial", net: network, source, addr, cause });
  try {
    checkFamily(network, endpoint);
  } catch (err) {
    return Promise.reject(dialError(err as Error));
  }
  return new Promise((resolve, reject) => {
    const receiver = new Receiver();
    const socket = connectSocket(socketOptions(network, endpoint, request, receiver));
    const fail = (cause: Error) => {
      release();
      socket.destroy();
      reject(dialError(cause));
    };
    const onTimeout = () => fail(new TimeoutError());
    const timer = after(shareMs, onTimeout);
    const release = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onTimeout);
    };
    signal.addEventListener("abort", onTimeout);
    socket.on("error", (err) => fail(fromNode(err, callOf(err)))); // after the promise is settled this has no effect
    socket.once("connect", () => {
      release();
      resolve({ socket, receiver });
    });
  });
}

/** Tells which system call failed: that which takes our own address, or that which connects. */
function callOf(err: Error): string {
  return (err as { syscall?: string }).syscall === "bind" ? "bind" : "connect";
}

function socketOptions(
  network: string,
  endpoint: Endpoint,
  request: ConnectRequest,
  receiver: Receiver,
): TcpNetConnectOpts {
  const family = familyOf(network);
  const remote = toLocal(endpoint, family);
  const { local } = request;
  return {
    host: hostOf(remote),
    port: remote.port,
    autoSelectFamily: false,
    allowHalfOpen: true,
    noDelay: request.noDelay ?? true,
    keepAlive: request.keepAlive ?? true,
    keepAliveInitialDelay: keepAlivePeriod(request.keepAlivePeriodMs),
    ...(local === undefined ? {} : localOptions(local)),
    ...(request.share && receiver.onread !== undefined ? { onread: receiver.onread } : {}),
  };
}

function localOptions(local: Endpoint): Pick<TcpNetConnectOpts, "localAddress" | "localPort"> {
  const host = hostOf(local);
  return host === "" ? { localPort: local.port } : { localAddress: host, localPort: local.port };
}
