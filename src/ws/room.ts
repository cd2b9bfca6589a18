import type { Bytes } from "../net/conn.js";
import type { Conn } from "./conn.js";
import type { Outbox } from "./outbox.js";
import type { PreparedMessage } from "./prepared-message.js";
import { outboxOf } from "./web-socket-conn.js";

/** How a {@link Room} speaks to its hub. */
export interface RoomOptions {
  /** How many bytes may wait for a receiver. */
  readonly maxQueuedBytes: number;
  /** Sends what waits to be sent together; called before anything else is written to a member. */
  readonly flush: () => void;
  /** Takes a receiver for which too much waits, and how many messages it misses. */
  readonly slow: (conn: Conn, messages: number) => void;
}

/** A message that waits for the end of the tick, and who does not get it. */
interface Shared {
  readonly frame: Bytes;
  readonly except: ReadonlySet<Conn>;
}

/**
 * Holds the members of a room. Those whose frames are all the same, the conns of a server that does not compress, share
 * one block of memory with all messages of a tick; the others get prepared messages, one by one.
 */
export class Room {
  readonly #options: RoomOptions;
  readonly #sharing = new Map<Conn, Outbox>();
  /** The others, with how much waits for each. */
  readonly #others = new Map<Conn, number>();
  #batch: Shared[] = [];

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sharing.size + this.#others.size;
  }

  /** Lists the members. */
  *conns(): Generator<Conn, void, undefined> {
    yield* this.#sharing.keys();
    yield* this.#others.keys();
  }

  add(conn: Conn): void {
    const out = outboxOf(conn);
    if (out !== null && !out.masked && out.deflater === null) this.#sharing.set(conn, out);
    else this.#others.set(conn, 0);
  }

  delete(conn: Conn): void {
    if (!this.#sharing.delete(conn)) this.#others.delete(conn);
  }

  /** Sends a message to all but some; returns whether it waits for {@link Room.flush}. */
  send(message: PreparedMessage, except: ReadonlySet<Conn>): boolean {
    for (const [conn, waiting] of this.#others) if (!except.has(conn)) this.#sendAlone(conn, waiting, message);
    if (this.#sharing.size === 0) return false;
    if (this.#batch.length === 0) for (const out of this.#sharing.values()) out.goAhead(this.#options.flush);
    this.#batch.push({ frame: message.frame, except });
    return true;
  }

  /** Sends what waits. */
  flush(): void {
    const { flush, slow, maxQueuedBytes } = this.#options;
    const batch = this.#batch;
    this.#batch = [];
    const all = [join(batch)];
    const bytes = sizeOf(all);
    const isForAll = batch.every(({ except }) => except.size === 0);
    for (const [conn, out] of this.#sharing) {
      out.stayBehind(flush);
      const frames = isForAll ? all : framesFor(conn, batch, all);
      if (out.sendShared(frames, frames === all ? bytes : sizeOf(frames), maxQueuedBytes)) continue;
      slow(conn, frames === all ? batch.length : frames.length);
    }
  }

  #sendAlone(conn: Conn, waiting: number, message: PreparedMessage): void {
    const n = message.payload.byteLength;
    if (waiting > 0 && waiting + n > this.#options.maxQueuedBytes) {
      this.#options.slow(conn, 1);
      return;
    }
    this.#others.set(conn, waiting + n);
    const sent = () => {
      const now = this.#others.get(conn);
      if (now !== undefined) this.#others.set(conn, now - n);
    };
    conn.writePreparedMessage(message).then(sent, sent);
  }
}

/** Returns the frames of a batch that are for a conn. */
function framesFor(conn: Conn, batch: readonly Shared[], all: Bytes[]): Bytes[] {
  const meant = batch.filter(({ except }) => !except.has(conn));
  return meant.length === batch.length ? all : meant.map(({ frame }) => frame);
}

function sizeOf(frames: readonly Bytes[]): number {
  return frames.reduce((sum, frame) => sum + frame.byteLength, 0);
}

function join(batch: readonly Shared[]): Bytes {
  const [first] = batch;
  if (first !== undefined && batch.length === 1) return first.frame;
  const whole = new Uint8Array(sizeOf(batch.map(({ frame }) => frame)));
  let at = 0;
  for (const { frame } of batch) {
    whole.set(frame, at);
    at += frame.byteLength;
  }
  return whole;
}
