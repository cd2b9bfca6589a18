import type { Message } from "./message.js";

/** A message that was begun, to be read in parts. */
export interface Begun {
  readonly type: number;
  /** Which one it is, among all of the conn. */
  readonly id: number;
}

/** A read of a part of a message that was begun. */
export class PartRead {
  readonly p: Uint8Array;
  readonly id: number;
  constructor(p: Uint8Array, id: number) {
    this.p = p;
    this.id = id;
  }
}

/** What a reader waits for: a message, for itself or for a loop; the beginning of one; bytes of one, or of any. */
export type Want = "message" | "result" | "start" | PartRead | Uint8Array;

/** What a reader gets. */
export type Taken = Message | IteratorResult<Message, undefined> | Begun | number | null;
