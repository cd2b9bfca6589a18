import type { Bytes } from "../net/conn.js";
import { type CloseError, formatCloseMessage, parseCloseMessage } from "./close-error.js";
import type { CloseHandler, ControlHandler } from "./conn.js";
import { CloseMessage, PingMessage } from "./constants.js";
import { Pings } from "./pings.js";

/** How {@link Controls} speak to their owner. */
export interface ControlsOptions {
  /** Answers a ping. */
  pong(payload: Bytes): void;
  /** Sends a close message. */
  answerClose(payload: Bytes): void;
  /** Takes the peer's close, or what a handler made of it. */
  peerClosed(error: Error): void;
  /** Takes what a handler threw, or a close message that breaks the rules. */
  refuse(error: Error): void;
}

/** Answers the peer's control frames, by default or through handlers. */
export class Controls {
  /** Made when somebody first sends one. */
  #pings: Pings | null = null;
  /** The control frames of a second. */
  #second = 0;
  #count = 0;
  /** Why no pong will come any more. */
  #end: (() => unknown) | null = null;
  onPing: ControlHandler | null = null;
  onPong: ControlHandler | null = null;
  onClose: CloseHandler | null = null;
  readonly #options: ControlsOptions;

  constructor(options: ControlsOptions) {
    this.#options = options;
  }

  /** Counts a control frame; tells whether there were more than `max` in this second. */
  isFlood(max: number): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) this.#count = 0;
    this.#second = second;
    return ++this.#count > max;
  }

  /** The pings that wait for their pongs. */
  get pings(): Pings {
    this.#pings ??= new Pings();
    if (this.#end !== null) this.#pings.end(this.#end);
    return this.#pings;
  }

  /** Rejects all pings, those that wait and those to come: no pong will be read any more. Only the first end counts. */
  endPings(reason: () => unknown): void {
    this.#end ??= reason;
    this.#pings?.end(this.#end);
  }

  /** Takes a control frame, with a payload that is its own. */
  take(opcode: number, payload: Bytes): void {
    if (opcode === CloseMessage) this.#takeClose(payload);
    else if (opcode === PingMessage) this.#takePing(payload);
    else this.#takePong(payload);
  }

  #takePing(payload: Bytes): void {
    const handler = this.onPing;
    if (handler === null) this.#options.pong(payload);
    else this.#runOrFail(() => handler(payload));
  }

  #takePong(payload: Bytes): void {
    this.#pings?.pong(payload);
    const handler = this.onPong;
    if (handler !== null) this.#runOrFail(() => handler(payload));
  }

  #takeClose(payload: Bytes): void {
    let close: CloseError;
    try {
      close = parseCloseMessage(payload);
    } catch (err) {
      this.#options.refuse(err as Error);
      return;
    }
    this.#options.peerClosed(this.#answer(close));
  }

  /** Answers a close message; returns what reads reject with. */
  #answer(close: CloseError): Error {
    const handler = this.onClose;
    if (handler === null) {
      this.#options.answerClose(formatCloseMessage(close.closeCode, ""));
      return close;
    }
    return this.#run(() => handler(close.closeCode, close.text)) ?? close;
  }

  #runOrFail(handler: () => unknown): void {
    const error = this.#run(handler);
    if (error !== null) this.#options.refuse(error);
  }

  /** Runs a handler, which may be asynchronous whatever its type says; returns what it throws. */
  #run(handler: () => unknown): Error | null {
    try {
      const result = handler();
      if (result instanceof Promise) result.catch((err: unknown) => this.#options.refuse(asError(err)));
      return null;
    } catch (err) {
      return asError(err);
    }
  }
}

function asError(err: unknown): Error {
  return err instanceof Error ? err : new Error(String(err), { cause: err });
}
