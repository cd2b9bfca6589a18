import type { Duplex } from "node:stream";
import { PendingList } from "../internal/pending.js";
import type { Bytes } from "../net/conn.js";
import { Deadline } from "../net/deadline.js";
import { TimeoutError } from "../net/errors.js";
import { BinaryMessage, CloseMessage, PingMessage, PongMessage } from "./constants.js";
import type { Deflater } from "./deflate.js";
import { CloseSentError, QueueLimitError, WriteClosedError } from "./errors.js";
import { allSent } from "./fragments.js";
import { maxControlBytes } from "./frame.js";
import { FrameBatch, maxCopyBytes } from "./frame-batch.js";
import type { OutboxOptions, OutboxOwner } from "./outbox-options.js";
import { Outgoing, type OutgoingOptions, type Pack, Turn, turnOpcode } from "./outgoing.js";
import { OutgoingQueue } from "./outgoing-queue.js";
import { encodeText, isShortAscii } from "./text.js";

const nothing: Bytes = new Uint8Array(0);

/** The outcome of all that need not wait. */
export const done: Promise<undefined> = Promise.resolve(undefined);

/**
 * Sends frames in order, message after message: the sending half of a conn.
 *
 * Small messages are encoded straight into the batch of the tick, and count as sent while less than 64 KiB are unsent.
 * The others wait in a queue, from which those that time out or are aborted are withdrawn; what has left the queue goes
 * out. A message that leaves in fragments has its {@link Turn}: others wait until it ends, control frames do not.
 */
export class Outbox {
  readonly deflater: Deflater | null;
  readonly #owner: OutboxOwner;
  readonly #socket: Duplex;
  readonly #thresholdBytes: number;
  readonly #maxQueuedBytes: number;
  readonly #batch: FrameBatch;
  /** Made when somebody first sets one. */
  #deadline: Deadline | null = null;
  readonly #waiting = new PendingList<unknown, Outgoing>();
  /** Who waits for our close message to be taken. */
  #closers: PendingList<void> | null = null;
  readonly #queue = new OutgoingQueue();
  /** Those that the system has not taken, if somebody wants to know. */
  #given: Outgoing[] = [];
  /** Messages of this size or more are compressed. */
  #compressFrom: number;
  /** What others have ready for this conn, to go before anything else. */
  #ahead: (() => void) | null = null;
  /** The last ping that is not answered yet. */
  #ping: Bytes | null = null;
  #close: Outgoing | null = null;
  #closeTaken = false;
  #pumping = false;
  #failure: Error | null = null;

  constructor(options: OutboxOptions) {
    this.deflater = options.deflater;
    this.#owner = options.owner;
    this.#socket = options.socket;
    this.#thresholdBytes = options.deflater === null ? Number.POSITIVE_INFINITY : options.thresholdBytes;
    this.#compressFrom = this.#thresholdBytes;
    this.#maxQueuedBytes = options.maxQueuedBytes;
    this.#batch = new FrameBatch(options.socket, options.masked, () => this.#onTaken());
  }

  /** The deadline of writes. */
  get deadline(): Deadline {
    this.#deadline ??= this.#makeDeadline();
    return this.#deadline;
  }

  /** Whether payloads are masked. */
  get masked(): boolean {
    return this.#batch.masked;
  }

  /** Tells whether a close message was sent, or waits to be: no message may follow. */
  get closeSent(): boolean {
    return this.#close !== null;
  }

  /** Tells whether the system has taken our close message. */
  get closeTaken(): boolean {
    return this.#closeTaken;
  }

  /** How many bytes wait here, or are on their way to the system. */
  get unsentBytes(): number {
    return this.#queue.bytes + this.#batch.unsent;
  }

  /** Tells whether a message of `n` bytes would be compressed. */
  compresses(n: number): boolean {
    return n >= this.#compressFrom;
  }

  /** Turns compression on or off, for the messages to come. */
  setCompression(on: boolean): void {
    this.#compressFrom = on ? this.#thresholdBytes : Number.POSITIVE_INFINITY;
  }

  /**
   * Sends a small message if nothing is in its way, and returns whether it did. All that a message usually costs; it
   * stands apart so that it is compiled as one piece (bench ws-echo: a third of the time of `send`).
   */
  trySend(opcode: number, data: string | Bytes): boolean {
    if (!this.#queue.isClear || this.#close !== null || this.#failure !== null) return false;
    if (this.#ahead !== null || this.#deadline?.expired === true) return false;
    const n = data.length;
    if (n >= this.#compressFrom || (typeof data === "string" && !isShortAscii(data))) return false;
    return this.#batch.tryPut(opcode, data, n);
  }

  /** Sends a message; resolves when there is room for more or, for a large one, when the system has taken it. */
  send(opcode: number, data: string | Bytes, signal: AbortSignal | undefined): Promise<undefined> {
    const payload = typeof data === "string" ? encodeText(data) : data;
    if (payload !== data && signal === undefined && this.trySend(opcode, payload)) return done; // it is encoded now
    const pack = this.compresses(payload.byteLength) ? this.#packing(payload, null, true) : undefined;
    return this.sendPrepared(opcode, payload, { signal, pack });
  }

  /** Sends a message that is prepared: as it is, as the frame that it was made into, or as `pack` makes it. */
  sendPrepared(opcode: number, payload: Bytes, options: OutgoingOptions<undefined>): Promise<undefined> {
    const refusal = this.#refusal(options.signal);
    if (refusal !== null) return refusal;
    const isLarge = payload.byteLength > maxCopyBytes;
    const frame = new Outgoing<undefined>(opcode, payload, { ...options, untilTaken: isLarge });
    const mustWait = !this.#queue.isClear || !frame.isReady;
    if (mustWait || isLarge || !this.#batch.hasRoom(payload.byteLength)) return this.#enqueue(frame);
    this.#batch.put(frame);
    return done;
  }

  /**
   * Sends frames of `size` bytes that many conns share, together; they are not changed any more. Returns `false`, and
   * sends nothing, if more than `maxBytes` would wait then.
   */
  sendShared(frames: readonly Bytes[], size: number, maxBytes: number): boolean {
    if (this.#close !== null || this.#failure !== null) return true;
    const unsent = this.unsentBytes;
    if (unsent > 0 && unsent + size > maxBytes) return false;
    if (!this.#queue.isClear) {
      for (const frame of frames) this.#queue.push(new Outgoing(BinaryMessage, frame, { isFrame: true }));
      this.#pump();
      return true;
    }
    this.#batch.putShared(frames, size);
    return true;
  }

  /** Notes what is to be called, once, before anything else is sent. */
  goAhead(first: () => void): void {
    if (this.#ahead !== null && this.#ahead !== first) this.#callAhead(); // another hub's, which comes first
    this.#ahead = first;
  }

  /** Forgets that. */
  stayBehind(first: () => void): void {
    if (this.#ahead === first) this.#ahead = null;
  }

  /** Sends bytes as one message; resolves to their number when the system has taken them. */
  write(p: Bytes, signal: AbortSignal | undefined): Promise<number> {
    const refusal = this.#refusal(signal);
    if (refusal !== null) return refusal;
    if (p.byteLength === 0) return Promise.resolve(0);
    const pack = this.compresses(p.byteLength) ? this.#packing(p, null, true) : undefined;
    return this.#enqueue(new Outgoing(BinaryMessage, p, { signal, untilTaken: true, result: p.byteLength, pack }));
  }

  /** Waits for the turn of a message in fragments. */
  begin(opcode: number, signal: AbortSignal | undefined): Promise<Turn> {
    const refusal = this.#refusal(signal);
    if (refusal !== null) return refusal;
    const turn = new Turn(opcode, this.#compressFrom !== Number.POSITIVE_INFINITY);
    return this.#enqueue(new Outgoing(turnOpcode, nothing, { signal, turn, result: turn }));
  }

  /** Sends a part of the message whose turn it is; resolves to its length, as {@link Outbox.send} does. */
  sendPart(turn: Turn, payload: Bytes, signal: AbortSignal | undefined): Promise<number> {
    const most = turn.maxFragmentBytes;
    if (payload.byteLength <= most && payload.byteLength > 0) return this.#sendFragment(turn, payload, false, signal);
    const sent: Promise<number>[] = [];
    for (let at = 0; at < payload.byteLength; at += most) {
      sent.push(this.#sendFragment(turn, payload.subarray(at, at + most), false, signal));
    }
    return allSent(sent, (cause, n) => this.#dress(cause, n));
  }

  /** Ends the message whose turn it is. */
  async endTurn(turn: Turn): Promise<void> {
    if (turn.ended) throw new WriteClosedError();
    const sent = this.#sendFragment(turn, nothing, true, undefined);
    turn.ended = true;
    await sent.catch((err: unknown) => {
      turn.ended = false; // it was withdrawn
      throw err;
    });
  }

  /** Sends a control frame, before the messages that wait; resolves when there is room for it. */
  control(opcode: number, payload: Bytes, signal: AbortSignal | undefined): Promise<undefined> {
    const refusal = this.#refusal(signal);
    if (refusal !== null) return refusal;
    return this.#enqueue(new Outgoing<undefined>(opcode, payload, { signal }));
  }

  /** Answers a ping as soon as there is room; of those that come meanwhile only the last is answered. */
  pong(payload: Bytes): void {
    if (this.#close !== null || this.#failure !== null) return;
    this.#ping = payload;
    this.#pump();
  }

  /** Sends a ping, unless the peer takes nothing at the moment. */
  heartbeat(): void {
    if (this.#close !== null || this.#failure !== null || !this.#batch.hasRoom(0)) return;
    this.#batch.put(new Outgoing(PingMessage, nothing));
  }

  /** Sends a close message behind all that waits; a message in fragments is broken off. Nothing may follow it. */
  close(payload: Bytes): void {
    if (this.#close !== null || this.#failure !== null) return;
    if (this.#queue.turn !== null) this.#drop(() => new CloseSentError());
    this.#queue.turn = null;
    this.#close = new Outgoing(CloseMessage, payload, { untilTaken: true });
    this.#queue.pushLast(this.#close);
    this.#pump();
  }

  /** Resolves when the system has taken our close message. */
  whenCloseTaken(): Promise<void> {
    if (this.#closeTaken) return Promise.resolve();
    if (this.#failure !== null) return Promise.reject(this.#dress(this.#failure, 0));
    this.#closers ??= new PendingList();
    return this.#closers.add(undefined);
  }

  /** Gives up whatever still waits for room, and all promises; a close message is still sent. */
  abandon(cause: () => Error): void {
    this.#drop(cause);
    this.#deadline?.stop();
  }

  /** Rejects all that is under way, and all to come. */
  fail(cause: Error): void {
    if (this.#failure !== null) return;
    this.#failure = cause;
    this.#queue.keep(() => false);
    this.#given = [];
    this.#deadline?.stop();
    this.#batch.fail(cause);
    this.deflater?.close();
    this.#waiting.rejectAll(({ context }) => this.#dress(cause, context.committed));
    this.#closers?.rejectAll(() => this.#dress(cause, 0));
  }

  /** Hands over at once what is gathered. */
  flush(): void {
    this.#batch.flush();
  }

  #refusal(signal: AbortSignal | undefined): Promise<never> | null {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#close !== null) return Promise.reject(new CloseSentError());
    if (this.#failure !== null) return Promise.reject(this.#dress(this.#failure, 0));
    if (this.#deadline?.expired === true) return Promise.reject(this.#dress(new TimeoutError(), 0));
    if (this.#queue.bytes > this.#maxQueuedBytes) return Promise.reject(new QueueLimitError());
    if (this.#ahead !== null) this.#callAhead();
    return null;
  }

  #makeDeadline(): Deadline {
    const deadline = new Deadline(() => this.#drop(() => new TimeoutError()));
    this.#waiting.onEmpty = () => deadline.unwatch();
    if (this.#waiting.length > 0) deadline.watch();
    return deadline;
  }

  #callAhead(): void {
    const ahead = this.#ahead;
    this.#ahead = null;
    ahead?.();
  }

  #dress(cause: Error, bytesWritten: number): Error {
    return this.#owner.wrapWrite(cause, bytesWritten);
  }

  #sendFragment(turn: Turn, payload: Bytes, fin: boolean, signal: AbortSignal | undefined): Promise<number> {
    if (turn.ended) return Promise.reject(new WriteClosedError());
    const refusal = this.#refusal(signal);
    if (refusal !== null) return refusal;
    const pack = turn.compressed ? this.#packing(payload, turn, fin) : undefined;
    const result = payload.byteLength;
    const untilTaken = result > maxCopyBytes;
    return this.#enqueue(new Outgoing(turn.opcode, payload, { signal, turn, fin, pack, untilTaken, result }));
  }

  /** Returns how a payload is compressed; a small one is copied, and its owner may change it. */
  #packing(payload: Bytes, turn: Turn | null, fin: boolean): Pack {
    const kept = payload.byteLength > maxCopyBytes ? payload : new Uint8Array(payload);
    return (packed) => this.deflater?.deflate(kept, turn === null || !turn.started, fin, packed);
  }

  #enqueue<T>(frame: Outgoing<T>): Promise<T> {
    const sent = this.#waiting.add(frame, frame.signal) as Promise<T>;
    this.#deadline?.watch();
    this.#queue.push(frame);
    this.#pump();
    return sent;
  }

  /** Sends what waits, while there is room. */
  #pump(): void {
    if (this.#pumping) return; // it goes on below
    this.#pumping = true;
    while (this.#sendNext());
    this.#pumping = false;
    this.#settle();
  }

  #sendNext(): boolean {
    if (this.#ping !== null && this.#batch.hasRoom(maxControlBytes)) {
      const pong = new Outgoing(PongMessage, this.#ping);
      this.#ping = null;
      this.#batch.put(pong);
    }
    const next = this.#queue.first;
    if (next === undefined) return false;
    const isWithdrawn = next.signal?.aborted === true && !next.isPacking;
    if (!isWithdrawn && !next.isReady) {
      next.pack((err) => this.#onPacked(err));
      return false;
    }
    if (!isWithdrawn && !this.#batch.hasRoom(next.payload.byteLength)) return false;
    this.#queue.shift();
    if (!isWithdrawn) this.#give(next);
    return true;
  }

  #onPacked(err: Error | null): void {
    if (this.#failure !== null) return;
    if (err === null) {
      this.#queue.measure();
      this.#pump();
    } else {
      this.fail(err);
      this.#socket.destroy(err);
    }
  }

  #give(frame: Outgoing): void {
    if (frame.opcode === turnOpcode) {
      this.#queue.turn = frame.turn;
      this.#waiting.resolve(frame, frame.result);
      return;
    }
    this.#batch.put(frame);
    if (frame.turn !== null) {
      frame.turn.started = true;
      if (frame.fin) this.#queue.turn = null;
    }
    if (frame === this.#close) this.#ping = null; // nothing follows it
    frame.end = this.#batch.bytes;
    if (frame.untilTaken) this.#given.push(frame);
    else this.#waiting.resolve(frame, frame.result);
  }

  #onTaken(): void {
    if (this.#pumping) return;
    this.#settle();
    if (!this.#queue.isEmpty || this.#ping !== null) this.#pump();
  }

  /** Resolves those that the system has taken. */
  #settle(): void {
    const taken = this.#batch.takenBytes;
    for (let [first] = this.#given; first !== undefined && first.end <= taken; [first] = this.#given) {
      this.#given.shift();
      if (first === this.#close) this.#endClose();
      else this.#waiting.resolve(first, first.result);
    }
  }

  #endClose(): void {
    this.#closeTaken = true;
    this.deflater?.close();
    for (let closer = this.#closers?.shift(); closer !== undefined; closer = this.#closers?.shift()) closer.resolve();
    this.#owner.closeTaken();
  }

  /** Withdraws what waits, and rejects all promises. */
  #drop(cause: () => Error): void {
    this.#queue.keep((frame) => frame === this.#close || frame.isPacking);
    this.#waiting.rejectAll(({ context }) => this.#dress(cause(), context.committed));
  }
}
