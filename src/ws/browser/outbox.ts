import { PendingList } from "../../internal/pending.js";
import type { Bytes } from "../../net/conn.js";
import { Deadline } from "../../net/deadline.js";
import { TimeoutError } from "../../net/errors.js";
import { CloseSentError, QueueLimitError, WriteClosedError } from "../errors.js";
import type { TurnOutbox } from "../message-writer.js";
import { dataOf, Outgoing, type OutgoingOptions, Turn } from "./outgoing.js";
import { maxCopyBytes, type Transport } from "./transport.js";

/** How an {@link Outbox} speaks to its owner. */
export interface OutboxOptions {
  transport: Transport;
  /** How much may wait before writes are refused. */
  maxQueuedBytes: number;
  /** Dresses a cause for the writer, as an OpError with the conn's addresses. */
  wrap(cause: Error, bytesWritten: number): Error;
}

/** How much the browser may have and not have sent, before messages wait here. */
const highWaterBytes = 262_144;
/** What a message that waits counts beside its data. */
const overheadBytes = 64;

/**
 * Sends messages in order: the sending half of a conn. A message goes to the browser while it has little unsent, and is
 * gone then; the others wait here, from where those that time out or are aborted are withdrawn.
 */
export class Outbox implements TurnOutbox<Turn> {
  readonly deadline = new Deadline(() => this.#drop(() => new TimeoutError()));
  readonly #options: OutboxOptions;
  readonly #transport: Transport;
  readonly #waiting = new PendingList<unknown, Outgoing>(() => this.deadline.unwatch());
  readonly #closers = new PendingList<void>();
  #queue: Outgoing[] = [];
  #queuedBytes = 0;
  /** Who gathers a message: those behind it wait. */
  #turn: Turn | null = null;
  /** That message, when it is gathered. */
  #gathered: Outgoing | null = null;
  /** Those that the browser has not sent, if somebody wants to know. */
  #given: Outgoing[] = [];
  #givenBytes = 0;
  /** Begins the closing handshake, when all before is given. */
  #close: (() => void) | null = null;
  #isCloseGiven = false;
  #failure: Error | null = null;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#transport = options.transport;
  }

  /** Tells whether a close message was sent, or waits to be: no message may follow. */
  get closeSent(): boolean {
    return this.#close !== null;
  }

  /** Sends a message; resolves when there is room for more, and its data may be changed. */
  async send(type: number, data: string | Bytes, signal?: AbortSignal): Promise<void> {
    const outgoing = dataOf(type, data);
    await this.#send(outgoing, { signal, untilTaken: outgoing.length > maxCopyBytes && !this.#transport.copies });
  }

  /** Sends bytes as one message; resolves to their number when the browser has copied or sent them. */
  async write(p: Bytes, signal?: AbortSignal): Promise<number> {
    this.#check(signal);
    if (p.byteLength === 0) return 0;
    return this.#send(p, { signal, untilTaken: !this.#transport.copies, result: p.byteLength });
  }

  /** Waits for the turn of a message that is gathered. */
  begin(type: number, signal?: AbortSignal): Promise<Turn> {
    const turn = new Turn(type);
    return this.#send("", { signal, turn, result: turn });
  }

  /** Gathers a part. */
  async sendPart(turn: Turn, part: Bytes, signal?: AbortSignal): Promise<number> {
    if (turn.ended) throw new WriteClosedError();
    this.#check(signal);
    if (turn.size + part.byteLength > this.#options.maxQueuedBytes) throw new QueueLimitError();
    turn.parts.push(new Uint8Array(part));
    turn.size += part.byteLength;
    return part.byteLength;
  }

  /** Sends what was gathered, and lets the next message go. One that is withdrawn can be tried again. */
  async endTurn(turn: Turn): Promise<void> {
    if (turn.ended) throw new WriteClosedError();
    this.#check(undefined);
    turn.ended = true;
    this.#gathered = new Outgoing<unknown>(dataOf(turn.type, joined(turn)), { turn });
    try {
      await this.#wait(this.#gathered);
    } catch (err) {
      turn.ended = this.#turn !== turn;
      throw err;
    }
  }

  /** Begins the closing handshake behind all that waits; a message that is being gathered is given up. */
  close(code: number | undefined, reason: string): void {
    if (this.#close !== null || this.#failure !== null) return;
    if (this.#turn !== null) this.#drop(() => new CloseSentError());
    this.#turn = null;
    this.#close = () => this.#transport.close(code, reason);
    this.#pump();
  }

  /** Resolves when the closing handshake has begun, and the browser has sent all before it. */
  whenCloseTaken(): Promise<void> {
    if (this.#failure instanceof CloseSentError) return Promise.resolve();
    if (this.#failure !== null) return Promise.reject(this.#dress(this.#failure, 0));
    const taken = this.#closers.add(undefined);
    this.drained();
    return taken;
  }

  /** Gives up whatever still waits for room, and all promises; a close message is still sent. */
  abandon(cause: () => Error): void {
    this.#turn = null;
    this.#drop(cause);
    this.deadline.stop();
  }

  /** Rejects all that is under way, and all to come; a {@link CloseSentError} says that the closing handshake is done. */
  fail(cause: Error): void {
    if (this.#failure !== null) return;
    this.#failure = cause;
    this.#turn = null;
    this.#given = [];
    this.#withdraw();
    this.deadline.stop();
    this.#transport.unwatch();
    this.#waiting.rejectAll(({ context }) => this.#dress(cause, context.committed));
    if (cause instanceof CloseSentError) this.#resolveClosers();
    else this.#closers.rejectAll(() => this.#dress(cause, 0));
  }

  /** Goes on, when the browser may have sent something. */
  drained(): void {
    if (this.#failure !== null) return;
    this.#pump();
    const { unsent } = this.#transport;
    for (
      let [first] = this.#given;
      first !== undefined && unsent <= this.#givenBytes - first.end;
      [first] = this.#given
    ) {
      this.#given.shift();
      this.#waiting.resolve(first, first.result);
    }
    if (this.#isCloseGiven && unsent === 0) this.#resolveClosers();
    this.#watch();
  }

  #resolveClosers(): void {
    for (let closer = this.#closers.shift(); closer !== undefined; closer = this.#closers.shift()) closer.resolve();
  }

  /** @throws what a write is refused for */
  #check(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#close !== null) throw new CloseSentError();
    if (this.#failure !== null) throw this.#dress(this.#failure, 0);
    if (this.deadline.expired) throw this.#dress(new TimeoutError(), 0);
    if (this.#queuedBytes > this.#options.maxQueuedBytes) throw new QueueLimitError();
  }

  async #send<T>(data: string | Bytes, options: OutgoingOptions<T>): Promise<T> {
    this.#check(options.signal);
    const outgoing = new Outgoing<T>(data, options);
    const isQuick = options.turn === undefined && !outgoing.untilTaken && this.#queue.length === 0;
    if (isQuick && this.#turn === null && this.#transport.unsent < highWaterBytes) {
      this.#give(outgoing);
      return outgoing.result;
    }
    this.#queue.push(outgoing);
    this.#queuedBytes += sizeOf(outgoing);
    return this.#wait(outgoing);
  }

  #wait<T>(outgoing: Outgoing<T>): Promise<T> {
    const sent = this.#waiting.add(outgoing, outgoing.signal) as Promise<T>;
    this.deadline.watch();
    this.drained();
    return sent;
  }

  /** Asks the transport to tell when it has sent something, as long as somebody waits for that. */
  #watch(): void {
    const next = this.#turn === null ? this.#queue[0] : this.#gathered;
    const waits = next !== undefined && next !== null;
    if (waits || this.#given.length > 0 || this.#closers.length > 0) this.#transport.watch();
    else this.#transport.unwatch();
  }

  /** Hands over what waits, while there is room. */
  #pump(): void {
    for (;;) {
      const next = this.#turn === null ? this.#queue[0] : this.#gathered;
      if (next === undefined || next === null) break;
      if (next.signal?.aborted !== true && this.#transport.unsent >= highWaterBytes) return;
      this.#take(next);
      if (next.signal?.aborted !== true) this.#give(next);
    }
    if (this.#close === null || this.#isCloseGiven || this.#turn !== null) return;
    this.#isCloseGiven = true;
    this.#close();
  }

  #take(next: Outgoing): void {
    if (next === this.#gathered) {
      this.#gathered = null;
    } else {
      this.#queue.shift();
      this.#queuedBytes -= sizeOf(next);
    }
  }

  #give(outgoing: Outgoing): void {
    const { turn } = outgoing;
    if (turn !== undefined && this.#turn !== turn) {
      this.#turn = turn;
      this.#waiting.resolve(outgoing, outgoing.result);
      return;
    }
    if (turn !== undefined) this.#turn = null;
    this.#givenBytes += outgoing.size;
    outgoing.end = this.#givenBytes;
    this.#transport.send(outgoing.data);
    if (outgoing.untilTaken) this.#given.push(outgoing);
    else this.#waiting.resolve(outgoing, outgoing.result);
  }

  /** Withdraws what waits, and rejects all promises. */
  #drop(cause: () => Error): void {
    this.#withdraw();
    this.#waiting.rejectAll(({ context }) => this.#dress(cause(), context.committed));
    this.#watch();
  }

  #withdraw(): void {
    this.#queue = [];
    this.#gathered = null;
    this.#queuedBytes = 0;
  }

  #dress(cause: Error, bytesWritten: number): Error {
    return cause instanceof CloseSentError ? new CloseSentError() : this.#options.wrap(cause, bytesWritten);
  }
}

function sizeOf(outgoing: Outgoing): number {
  return outgoing.size + overheadBytes;
}

function joined({ parts, size }: Turn): Bytes {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
