import { Socket } from "node:net";

/** Who takes what a socket receives. */
export interface Sink {
  /** Takes a chunk, valid during the call only; returns `false` to pause the socket. */
  push(chunk: Uint8Array): boolean;
  /** Takes the end of the stream. */
  end(): void;
}

const receiveBytes = 65_536;

/**
 * One buffer for the reads of all sockets: their callbacks are synchronous, and sinks copy what outlives them. Node
 * allocates 64 KiB for each read otherwise, which is half of what a large read costs.
 */
let shared: Buffer | undefined;

function sharedBuffer(): Buffer {
  shared ??= Buffer.allocUnsafeSlow(receiveBytes);
  return shared;
}

/** `TOOLKIT_ONREAD=0` turns the shared buffer off, and takes 'data' events instead. */
const sharing = process.env["TOOLKIT_ONREAD"] !== "0";

/** Node's option that makes a socket read into a given buffer. */
export interface OnRead {
  buffer: Uint8Array;
  callback(n: number, buffer: Uint8Array): boolean;
}

/**
 * Carries what a socket receives to a sink: through the shared buffer where the socket was made for it (see
 * {@link Receiver.onread} and {@link Receiver.adopt}), by 'data' events otherwise.
 */
export class Receiver {
  /** The option to make a socket with, or `undefined` where sharing is off. */
  readonly onread: OnRead | undefined;
  #sink: Sink | null = null;
  /** What came before there was a sink. */
  #early: Uint8Array | null = null;
  #socket: Socket | null = null;

  constructor() {
    this.onread = sharing ? { buffer: sharedBuffer(), callback: (n, buffer) => this.#take(n, buffer) } : undefined;
  }

  /** Starts to carry. `usesOnread` says that the socket was made with our option. */
  start(socket: Socket, sink: Sink, usesOnread: boolean): void {
    this.#socket = socket;
    this.#sink = sink;
    if (!usesOnread) {
      socket.on("data", (chunk: Uint8Array) => {
        if (!sink.push(chunk)) socket.pause();
      });
    }
    socket.on("end", () => sink.end());
    if (this.#early !== null && !sink.push(this.#early)) return;
    this.#early = null;
    socket.resume();
  }

  /** Lets a paused socket go on. */
  resume(): void {
    this.#socket?.resume();
  }

  /**
   * Makes a socket that reads into the shared buffer out of an accepted one that has not begun to read; the old one is
   * spent. Node has no public way to do that: returns `null` where the private one is missing.
   */
  adopt(socket: Socket): Socket | null {
    const holder = socket as unknown as { _handle: Handle | null };
    const handle = holder._handle;
    if (this.onread === undefined || typeof handle?.useUserBuffer !== "function" || handle.reading === true)
      return null;
    holder._handle = null;
    const options = { handle, onread: this.onread, allowHalfOpen: true, readable: true, writable: true };
    const adopted = new Socket(options);
    socket.destroy(); // without its handle this only tells the server that it may forget it
    return adopted;
  }

  #take(n: number, buffer: Uint8Array): boolean {
    if (this.#sink === null) this.#early = buffer.slice(0, n);
    else if (this.#sink.push(n === buffer.byteLength ? buffer : buffer.subarray(0, n))) return true;
    this.#socket?.pause();
    return false;
  }
}

/** What we need of the libuv handle inside a Node socket. */
interface Handle {
  readonly useUserBuffer?: unknown;
  readonly reading?: boolean;
}
