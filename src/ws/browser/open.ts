import { NetError } from "../../net/errors.js";
import { NotSupportedError } from "../not-supported-error.js";
import { PlainTransport } from "./plain-transport.js";
import { StreamTransport } from "./stream-transport.js";
import type { Transport } from "./transport.js";
import { findWebSocketStream } from "./web-socket-stream.js";

/** What to open, and what to make of it: at once, lest a message be missed. */
export interface OpenOptions<T> {
  readonly url: string;
  readonly subprotocols: readonly string[];
  readonly signal: AbortSignal;
  readonly useStream: boolean;
  readonly make: (transport: Transport) => T;
}

/** Opens a browser's socket. An abort closes it, and rejects with the signal's reason. */
export function open<T>(options: OpenOptions<T>): Promise<T> {
  options.signal.throwIfAborted();
  return options.useStream && findWebSocketStream() !== null ? openStream(options) : openPlain(options);
}

function openPlain<T>({ url, subprotocols, signal, make }: OpenOptions<T>): Promise<T> {
  if (typeof WebSocket === "undefined") throw new NotSupportedError("WebSocket");
  const socket = new WebSocket(url, [...subprotocols]);
  socket.binaryType = "arraybuffer";
  const settled = new AbortController();
  const opening = new Promise<T>((resolve, reject) => {
    const listen = { signal: settled.signal };
    socket.addEventListener("open", () => resolve(make(new PlainTransport(socket))), listen);
    socket.addEventListener("close", () => reject(refused()), listen);
    signal.addEventListener("abort", () => reject(signal.reason), listen);
  });
  socket.addEventListener("error", () => {}); // 'close' follows
  opening.catch(() => socket.close());
  return opening.finally(() => settled.abort());
}

async function openStream<T>({ url, subprotocols, signal, make }: OpenOptions<T>): Promise<T> {
  const WebSocketStream = findWebSocketStream();
  if (WebSocketStream === null) throw new NotSupportedError("WebSocketStream");
  const stream = new WebSocketStream(url, { protocols: [...subprotocols], signal });
  stream.closed.catch(() => {}); // `opened` says it too, and the transport asks later
  try {
    return make(new StreamTransport(stream, await stream.opened));
  } catch (err) {
    throw signal.aborted ? signal.reason : refused(err);
  }
}

/** A browser tells no page why, so that it cannot be used to look around in somebody's network. */
function refused(cause?: unknown): NetError {
  return new NetError("connect: no connection, or a bad handshake; a browser does not say which", {
    code: "ERR_WS_DIAL",
    cause,
  });
}
