import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { Receiver } from "../net/socket/receiver.js";

/** A stream after its handshake. */
export interface TakenOver<S extends Duplex = Socket> {
  socket: S;
  /** The receiver that it was made with, if it was made to read into the shared buffer. */
  receiver: Receiver | undefined;
  /** What has come behind the handshake. */
  head: Uint8Array;
}

/** What we need of the libuv handle inside a Node socket. */
interface Handle {
  reading?: boolean;
  readStart?: () => number;
  readStop?: () => number;
}

/**
 * Takes a stream over from Node's HTTP, after its 'upgrade' event: nobody reads from it any more, and all that was
 * written to it is written. Where that can be, a socket is made anew so that it reads into the shared buffer.
 */
export function takeOver<S extends Duplex>(old: S, head: Uint8Array): TakenOver<S | Socket> {
  old.pause();
  if (old instanceof Socket) old.setTimeout(0).setNoDelay(true);
  const taken = old instanceof Socket && !(old instanceof TLSSocket) ? remake(old, head) : null;
  const { socket } = taken ?? { socket: old };
  socket.on("error", ignore); // until it has a conn that keeps its failure
  return taken ?? { socket: old, receiver: undefined, head };
}

function remake(old: Socket, head: Uint8Array): TakenOver | null {
  const handle = (old as unknown as { _handle: Handle | null })._handle;
  const receiver = new Receiver();
  if (receiver.onread === undefined || old.destroyed || old.writableLength > 0) return null;
  if (typeof handle?.readStop !== "function" || typeof handle.readStart !== "function") return null;
  const rest = old.read() as Uint8Array | null;
  const all = rest === null ? head : Buffer.concat([head, rest]);
  const wasReading = handle.reading === true;
  if (wasReading) {
    handle.readStop();
    handle.reading = false;
  }
  const socket = receiver.adopt(old);
  if (socket !== null) return { socket: socket.setNoDelay(true), receiver, head: all };
  if (wasReading) {
    handle.readStart(); // the stream believes that it reads, and would never ask again
    handle.reading = true;
  }
  return { socket: old, receiver: undefined, head: all };
}

function ignore(): void {}
