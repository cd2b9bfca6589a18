import { copyBytes } from "../internal/byte-queue.js";
import type { Message } from "./message.js";

/** What a message costs beside its payload, so that empty ones count. */
const overheadBytes = 64;
/** How many places are kept when nothing waits. */
const keptPlaces = 256;

/** Queues whole messages; the first may be read in parts. The owner bounds it. */
export class MessageQueue {
  #messages: (Message | undefined)[] = [];
  #head = 0;
  #tail = 0;
  #bytes = 0;
  /** How much of the first was read. */
  #offset = 0;

  /** How much waits, with something for each message. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns the first message, without removing it. */
  get first(): Message | undefined {
    return this.#messages[this.#head];
  }

  /** Adds a message. */
  push(message: Message): void {
    this.#messages[this.#tail++] = message;
    this.#bytes += message.data.byteLength + overheadBytes;
  }

  /** Removes and returns the first message, whatever was read of it. */
  shift(): Message | undefined {
    const first = this.#messages[this.#head];
    if (first === undefined) return undefined;
    this.#bytes -= first.data.byteLength + overheadBytes;
    this.#messages[this.#head++] = undefined;
    this.#offset = 0;
    if (this.#head === this.#tail) this.#rewind();
    else if (this.#head >= keptPlaces && this.#head * 2 >= this.#tail) this.#compact();
    return first;
  }

  /** Moves bytes of the first message into `p`, from `at` on; returns their number. */
  read(p: Uint8Array, at: number): number {
    const first = this.first;
    if (first === undefined) return 0;
    const n = Math.min(p.byteLength - at, first.data.byteLength - this.#offset);
    copyBytes(first.data, this.#offset, p, at, n);
    this.#offset += n;
    return n;
  }

  /** Drops everything. */
  clear(): void {
    this.#messages = [];
    this.#head = this.#tail = this.#bytes = this.#offset = 0;
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
