import type { CodecLimits } from "../codec.js";
import type { Framer } from "../message-reader.js";
import { Cursor, type Plan, unread } from "./plan.js";
import { QuickHeader } from "./quick-header.js";
import { Scanner } from "./scanner.js";

/**
 * Finds where headers and bodies end. What can be read in passing is: a header that is like one before, and a body for
 * which there is a plan.
 */
export class MsgpackFramer implements Framer {
  readonly #scanner: Scanner;
  readonly #quick = new QuickHeader();
  readonly #cursor: Cursor;
  #expects: "header" | "body" = "header";
  #plan: Plan | null = null;
  #isMidway = false;
  #isRead = false;
  #value: unknown;

  constructor(limits: CodecLimits) {
    this.#scanner = new Scanner(limits);
    this.#cursor = new Cursor(limits);
  }

  /** A header comes next. */
  expectHeader(): void {
    this.#expects = "header";
    this.#scanner.expect("header");
  }

  /** A body comes next, to be read by `plan` if there is one. */
  expectBody(plan: Plan | null): void {
    this.#expects = "body";
    this.#plan = plan;
    this.#scanner.expect("body");
  }

  /** Knows headers that were read before. */
  get quick(): QuickHeader {
    return this.#quick;
  }
  /** Whether the last message was read in passing. */
  get isRead(): boolean {
    return this.#isRead;
  }
  /** The body that was read in passing. */
  get value(): unknown {
    return this.#value;
  }
  /** The type of an extension that the last message holds and must not; -1 if there is none. */
  get foreign(): number {
    return this.#scanner.foreign;
  }

  scan(bytes: Uint8Array, start: number, end: number): number {
    if (!this.#isMidway) {
      const n = this.#expects === "header" ? this.#quick.scan(bytes, start, end) : this.#planned(bytes, start, end);
      if (n > 0) {
        this.#isRead = true;
        return n;
      }
    }
    this.#isRead = false;
    const n = this.#scanner.scan(bytes, start, end);
    this.#isMidway = n === 0;
    return n;
  }

  /** Reads by the plan what lies between `start` and `end`, of which it is known that it is a message; or `unread`. */
  read(bytes: Uint8Array, start: number, end: number): unknown {
    if (this.#plan === null) return unread;
    this.#cursor.set(bytes, start, end);
    const value = this.#plan.read(this.#cursor);
    return this.#cursor.at === end ? value : unread;
  }

  #planned(bytes: Uint8Array, start: number, end: number): number {
    if (this.#plan === null) return 0;
    this.#cursor.set(bytes, start, end);
    const value = this.#plan.read(this.#cursor);
    if (value === unread) return 0;
    this.#value = value;
    return this.#cursor.at - start;
  }
}
