import type { Bytes, OpOptions, Reader } from "../net/conn.js";
import type { Inbox } from "./inbox.js";
import type { Begun } from "./want.js";

/**
 * Reads one message in parts, as it arrives; `null` is its end, and also what is read once another message was begun.
 * Rejects as `readMessage` does, when the conn ends in the middle of it.
 */
export class MessageReader implements Reader {
  readonly #in: Inbox;
  readonly #id: number;

  constructor(inbox: Inbox, { id }: Begun) {
    this.#in = inbox;
    this.#id = id;
  }

  read(p: Bytes, options?: OpOptions): Promise<number | null> {
    return this.#in.readPart(p, this.#id, options?.signal);
  }
}
