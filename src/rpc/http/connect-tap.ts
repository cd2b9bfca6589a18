import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { readConnectHead } from "./connect-head.js";

/** How much of a request to CONNECT is held back at most; more is for Node's parser to refuse. */
const maxHeadBytes = 16_384;

/** A listener as the emitter keeps it. */
type Listener = (...args: unknown[]) => void;

/**
 * Lets Node's HTTP understand Go's `CONNECT /_goRPC_ HTTP/1.0\n\n`, whose lines end with what Node's parser refuses: holds
 * back the first bytes of a connection while they may be that, and hands them on with their lines ended as they should
 * be. All else is handed on as it is, and what comes later is not looked at.
 *
 * Call it when the parser listens to the socket already. Timeouts and limits stay Node's: to it nothing has arrived yet.
 */
export function tapConnect(socket: Duplex): void {
  const listeners = socket.rawListeners("data") as Listener[];
  if (listeners.length === 0) return; // nobody to hand on to
  let held = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    const head = readConnectHead(held);
    if (head === "more" && held.byteLength <= maxHeadBytes) return;
    if (head !== null && head !== "more") held = Buffer.concat([head.normalized, held.subarray(head.byteLength)]);
    handOn();
  };
  const handOn = (): void => {
    socket.off("data", onData).off("end", handOn);
    for (const listener of listeners) socket.on("data", listener);
    if (held.byteLength > 0) socket.emit("data", held);
  };
  for (const listener of listeners) socket.off("data", listener);
  socket.on("data", onData).prependListener("end", handOn);
}
