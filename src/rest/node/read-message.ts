import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "../collect.js";

/** Says that the client went away before it had sent all. */
function gone(): DOMException {
  return new DOMException("The client went away", "AbortError");
}

/** Reads a body; gives `null`, and lets the rest pass by, if it has more than `limit` bytes. */
export function readMessage(message: IncomingMessage, limit: number): Promise<Uint8Array | null> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const done = (result: Uint8Array | null) => {
      message.off("data", take).off("end", end).off("close", close);
      resolve(result);
    };
    const take = (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > limit) done(null);
    };
    const end = () => done(join(chunks, size));
    const close = () => reject(gone());
    if (message.readableEnded) return done(new Uint8Array());
    if (message.destroyed) return close();
    message.on("data", take).on("end", end).on("close", close);
  });
}

/**
 * Gives a body as a stream that reads no faster than it is read. Once the response is out, what is left passes by: it would keep the next
 * request on the connection from being read.
 */
export function streamMessage(message: IncomingMessage, response: ServerResponse): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(new MessageSource(message, response), { highWaterMark: 0 });
}

const wakers = ["readable", "end", "close"] as const;

/** Listens from the first pull on: Node throws away by itself what nobody has begun to read. */
class MessageSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  #isListening = false;
  #isAnswered = false;
  #wake = () => {};

  constructor(message: IncomingMessage, response: ServerResponse) {
    this.#message = message;
    this.#response = response;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#listen();
    const chunk = await this.#next();
    if (chunk !== null) return controller.enqueue(new Uint8Array(chunk));
    this.#stop();
    controller.close();
  }

  cancel(): void {
    this.#stop();
    this.#message.resume();
  }

  /** Gives what has come, once something has; `null` at the end. */
  async #next(): Promise<Uint8Array | null> {
    for (;;) {
      const chunk = this.#message.read() as Uint8Array | null;
      if (chunk !== null) return chunk;
      if (this.#message.readableEnded) return null;
      if (this.#message.destroyed) throw gone();
      if (this.#isAnswered) throw new DOMException("The request was answered before its body was read", "AbortError");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  readonly #onEvent = (): void => this.#wake();
  readonly #onAnswered = (): void => {
    this.#isAnswered = true;
    this.cancel();
    this.#wake();
  };

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#message.on("error", () => {});
    for (const event of wakers) this.#message.on(event, this.#onEvent);
    this.#response.once("finish", this.#onAnswered);
  }

  #stop(): void {
    for (const event of wakers) this.#message.off(event, this.#onEvent);
    this.#response.off("finish", this.#onAnswered);
  }
}
