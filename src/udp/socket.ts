import { createSocket, type Socket } from "node:dgram";
import { fromNode, syscallError } from "../net/errno.js";
import { parseEndpoint } from "../net/socket/resolve.js";
import { UDPAddr } from "./addr.js";
import type { SocketFamily } from "./family.js";
import { defaultReadBufferBytes, type UDPSocketOptions } from "./options.js";

/** Where a socket is to be bound, as Node takes it. */
export interface Place {
  host: string;
  port: number;
}

/** What is asked of a socket beside its place. */
export interface SocketRequest extends UDPSocketOptions {
  reuseAddr?: boolean | undefined;
  exclusive?: boolean | undefined;
}

/**
 * Answers Node's question for the address of a host at once: all hosts here are literal addresses. Node would ask the
 * resolver for each datagram, and send it a tick later.
 */
function literal(host: string, _family: unknown, callback: (err: null, address: string, family: number) => void): void {
  callback(null, host, 0);
}

/** Makes a socket and binds it; rejects with the system's reason, in Go's words. */
export async function openSocket(family: SocketFamily, place: Place, request: SocketRequest): Promise<Socket> {
  const { reuseAddr = false, exclusive = false } = request;
  const { version, only } = family;
  const socket = createSocket({ type: `udp${version}`, ipv6Only: version === 6 && only, reuseAddr, lookup: literal });
  try {
    await happens(socket, "listening", "bind", () => socket.bind({ address: place.host, port: place.port, exclusive }));
    configure(socket, request);
    return socket;
  } catch (err) {
    socket.close();
    throw err;
  }
}

/** Connects a bound socket; rejects with the system's reason, in Go's words, and closes it. */
export async function connectSocket(socket: Socket, place: Place): Promise<void> {
  try {
    if (place.port === 0) throw syscallError("connect", "EINVAL");
    await happens(socket, "connect", "connect", () => socket.connect(place.port, place.host));
  } catch (err) {
    socket.close();
    throw err;
  }
}

/** Our address. */
export function localAddrOf(socket: Socket): UDPAddr {
  const { address, port } = socket.address();
  return new UDPAddr(parseEndpoint(address, port));
}

/** The address that a connected socket speaks with. */
export function remoteAddrOf(socket: Socket): UDPAddr {
  const { address, port } = socket.remoteAddress();
  return new UDPAddr(parseEndpoint(address, port));
}

/** Waits for an event that an action leads to, or for an error instead. */
function happens(socket: Socket, event: string, syscall: string, action: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (err: Error) => reject(fromNode(err, syscall));
    socket.once("error", onError);
    socket.once(event, () => {
      socket.off("error", onError);
      resolve();
    });
    action();
  });
}

/** Sets what Go sets, and the buffers; the system may have its own mind about a size that nobody asked for. */
function configure(socket: Socket, { readBufferBytes, writeBufferBytes }: SocketRequest): void {
  try {
    socket.setBroadcast(true);
    if (writeBufferBytes !== undefined) socket.setSendBufferSize(writeBufferBytes);
    if (readBufferBytes !== undefined) socket.setRecvBufferSize(readBufferBytes);
  } catch (err) {
    throw optionError(err);
  }
  if (readBufferBytes === undefined) ask(() => socket.setRecvBufferSize(defaultReadBufferBytes));
}

/** Puts into Go's words why the system refuses an option; sizes of buffers have an error of their own in Node. */
export function optionError(err: unknown): Error {
  const { info } = err as { info?: { code?: unknown } };
  if (typeof info?.code === "string") return syscallError("setsockopt", info.code, err);
  return fromNode(err, "setsockopt");
}

function ask(action: () => void): void {
  try {
    action();
  } catch {
    // What the system grants without being asked is enough to work with.
  }
}
