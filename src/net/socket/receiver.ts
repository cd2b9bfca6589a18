import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { giveSlab, takeSlab } from "./slab.js";

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
  /** Is asked after each read where the next one should go. */
  buffer(): Uint8Array;
  callback(n: number, buffer: Uint8Array): boolean;
}

/**
 * Carries what a socket receives to a sink: through the shared buffer where the socket was made for it (see
 * {@link Receiver.onread} and {@link Receiver.adopt}), by 'data' events otherwise.
 */
export class Receiver {
  /** The option to make a socket with, or `undefined` where sharing is off. */
  readonly onread: OnRead | undefined = undefined;
  /** Where the next read goes. */
  #buffer: Uint8Array | undefined;
  /** What holds the chunk that is being pushed. */
  #current: Uint8Array | null = null;
  #usesOnread = false;
  #sink: Sink | null = null;
  /** What came before there was a sink. */
  #early: Uint8Array | null = null;
  #socket: Duplex | null = null;

  constructor() {
    if (!sharing) return;
    this.#buffer = sharedBuffer();
    this.onread = { buffer: () => this.#buffer ?? sharedBuffer(), callback: (n, buffer) => this.#take(n, buffer) };
  }

  /** Starts to carry. `usesOnread` says that the socket was made with our option. */
  start(socket: Duplex, sink: Sink, usesOnread: boolean): void {
    this.#socket = socket;
    this.#sink = sink;
    this.#usesOnread = usesOnread;
    if (!usesOnread) {
      socket.on("data", (chunk: Uint8Array) => {
        if (!this.#push(chunk, chunk)) socket.pause();
      });
    }
    socket.on("end", () => sink.end());
    if (this.#early !== null && !sink.push(this.#early)) return;
    this.#early = null;
    if (socket.readableEnded)
      sink.end(); // it told nobody
    else socket.resume();
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

  /**
   * Leaves the memory of the chunk that the sink is being given to it for longer than the call: returns a function that
   * gives it back, or `null` where it cannot be had, and the sink has to copy.
   *
   * A socket whose chunks are wanted so reads into blocks of its own, from the second one on.
   */
  keep(): (() => void) | null {
    const block = this.#current;
    if (block === null) return null;
    if (!this.#usesOnread) return () => {}; // Node made it for this event alone
    this.#buffer = takeSlab();
    return block === shared ? null : () => giveSlab(block);
  }

  #take(n: number, buffer: Uint8Array): boolean {
    const chunk = n === buffer.byteLength ? buffer : buffer.subarray(0, n);
    if (this.#sink === null) this.#early = new Uint8Array(chunk);
    else if (this.#push(chunk, buffer)) return true;
    this.#socket?.pause();
    return false;
  }

  #push(chunk: Uint8Array, block: Uint8Array): boolean {
    this.#current = block;
    const goOn = this.#sink?.push(chunk) ?? false;
    this.#current = null;
    return goOn;
  }
}

/** What we need of the libuv handle inside a Node socket. */
interface Handle {
  readonly useUserBuffer?: unknown;
  readonly reading?: boolean;
}
