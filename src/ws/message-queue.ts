import { copyBytes } from "../internal/byte-queue.js";
import type { Message } from "./message.js";

/** What a message costs beside its payload, so that empty ones count. */
const overheadBytes = 64;
/** How many places are kept when nothing waits. */
const keptPlaces = 256;

/** Queues messages, which leave whole or as bytes. The owner bounds it. */
export class MessageQueue {
  #messages: (Message | undefined)[] = [];
  #head = 0;
  #tail = 0;
  #bytes = 0;
  /** How much of the first was read as bytes. */
  #offset = 0;
  /** A message of which only a part is here, to be read as bytes: the first, or what came last before the end. */
  #part: Message | null = null;

  /** How much waits, with something for each message. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a message; `part` says that only a part of it is here, to be read as bytes. */
  push(message: Message, part: boolean): void {
    if (part) this.#part = message;
    this.#messages[this.#tail++] = message;
    this.#bytes += message.data.byteLength + overheadBytes;
  }

  /** Takes the first message that is whole; what was begun as bytes is dropped. */
  shift(): Message | undefined {
    while (this.#head < this.#tail) {
      const first = this.#messages[this.#head] as Message;
      const begun = this.#offset > 0 || first === this.#part;
      this.#drop(first);
      if (!begun) return first;
    }
    return undefined;
  }

  /** Moves bytes of the first messages into `p`; returns their number. */
  read(p: Uint8Array): number {
    let n = 0;
    while (this.#head < this.#tail) {
      const first = this.#messages[this.#head] as Message;
      const m = Math.min(p.byteLength - n, first.data.byteLength - this.#offset);
      copyBytes(first.data, this.#offset, p, n, m);
      this.#offset += m;
      n += m;
      if (this.#offset < first.data.byteLength) break;
      this.#drop(first);
    }
    return n;
  }

  /** Drops everything. */
  clear(): void {
    this.#messages = [];
    this.#head = this.#tail = this.#bytes = this.#offset = 0;
    this.#part = null;
  }

  #drop(first: Message): void {
    this.#bytes -= first.data.byteLength + overheadBytes;
    this.#messages[this.#head++] = undefined;
    this.#offset = 0;
    if (first === this.#part) this.#part = null;
    if (this.#head === this.#tail) this.#rewind();
    else if (this.#head >= keptPlaces && this.#head * 2 >= this.#tail) this.#compact();
  }

  /** Begins again at the first place. The places stay, for the next batch, unless they are many. */
  #rewind(): void {
    this.#head = this.#tail = 0;
    if (this.#messages.length > keptPlaces) this.#messages = [];
  }

  #compact(): void {
    this.#messages = this.#messages.slice(this.#head, this.#tail);
    this.#tail -= this.#head;
    this.#head = 0;
  }
}
