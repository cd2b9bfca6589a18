import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { Receiver } from "../net/socket/receiver.js";

/** A socket after its handshake. */
export interface TakenOver {
  socket: Socket;
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
 * Takes a socket over from Node's HTTP, in its 'upgrade' event: nobody reads from it any more. Where that can be, it is
 * made anew so that it reads into the shared buffer.
 */
export function takeOver(old: Socket, head: Uint8Array): TakenOver {
  old.setTimeout(0);
  old.pause();
  const rest = old.read() as Uint8Array | null;
  const all = rest === null ? head : Buffer.concat([head, rest]);
  const receiver = new Receiver();
  const adopted = old instanceof TLSSocket || old.destroyed ? null : adopt(old, receiver);
  const socket = adopted ?? old;
  socket.on("error", () => {}); // until it has a conn that keeps its failure
  socket.setNoDelay(true);
  return { socket, receiver: adopted === null ? undefined : receiver, head: all };
}

function adopt(old: Socket, receiver: Receiver): Socket | null {
  const handle = (old as unknown as { _handle: Handle | null })._handle;
  if (typeof handle?.readStop !== "function" || typeof handle.readStart !== "function") return null;
  const wasReading = handle.reading === true;
  if (wasReading) {
    handle.readStop();
    handle.reading = false;
  }
  const adopted = receiver.adopt(old);
  if (adopted === null && wasReading) {
    handle.readStart(); // the stream believes that it reads, and would never ask again
    handle.reading = true;
  }
  return adopted;
}
