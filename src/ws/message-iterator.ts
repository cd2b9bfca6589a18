import type { Message } from "./message.js";

/** Gives messages one after the other, to the normal end. */
interface Source {
  next(): Promise<IteratorResult<Message, undefined>>;
}

/** Iterates over the messages of a conn, to its normal end. Leaving the loop leaves the conn open. */
export class MessageIterator implements AsyncIterableIterator<Message> {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    return this.#source.next();
  }

  return(): Promise<IteratorResult<Message, undefined>> {
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
