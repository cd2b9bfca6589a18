import { isCloseError } from "./close-error.js";
import { CloseGoingAway, CloseNormalClosure } from "./constants.js";
import type { Message } from "./message.js";

/** Iterates over the messages of a conn, to its normal end. Leaving the loop leaves the conn open. */
export class MessageIterator implements AsyncIterableIterator<Message> {
  readonly #read: () => Promise<Message>;

  constructor(read: () => Promise<Message>) {
    this.#read = read;
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    return this.#read().then(asResult, asEnd);
  }

  return(): Promise<IteratorResult<Message, undefined>> {
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function asResult(value: Message): IteratorResult<Message, undefined> {
  return { done: false, value };
}

function asEnd(err: unknown): IteratorResult<Message, undefined> {
  if (isCloseError(err, CloseNormalClosure, CloseGoingAway)) return { done: true, value: undefined };
  throw err;
}
