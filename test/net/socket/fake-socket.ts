import type { Socket } from "node:net";

type Written = (err?: Error | null) => void;

/** Does what a {@link BatchWriter} needs of a socket, with a system that takes bytes at once, or when it is told to. */
export class FakeSocket {
  /** Whether the system takes what it is given at once. */
  takes = true;
  /** What one system call each carried. */
  readonly calls: Uint8Array[] = [];
  readonly errored: Error | null = null;
  ended = false;
  #corked = false;
  #views: Uint8Array[] = [];
  #callbacks: Written[] = [];
  #onEnd: (() => void) | undefined;

  /** Itself, for those who want a socket. */
  get socket(): Socket {
    return this as unknown as Socket;
  }

  get writableLength(): number {
    return this.#views.reduce((sum, view) => sum + view.byteLength, 0);
  }

  /** All that the system took. */
  get taken(): Uint8Array {
    return Buffer.concat(this.calls);
  }

  cork(): void {
    this.#corked = true;
  }

  uncork(): void {
    this.#corked = false;
    if (this.takes) this.take();
  }

  write(view: Uint8Array, written?: Written): boolean {
    this.#views.push(view);
    if (written !== undefined) this.#callbacks.push(written);
    if (this.takes && !this.#corked) this.take();
    return this.takes;
  }

  end(done: () => void): void {
    this.#onEnd = done;
    this.#finish();
  }

  /** Lets the system take what it was given; it reads the memory only now. */
  take(): void {
    if (this.#views.length > 0) this.calls.push(Buffer.concat(this.#views));
    this.#views = [];
    for (const written of this.#callbacks.splice(0)) process.nextTick(written, null);
    this.#finish();
  }

  #finish(): void {
    if (this.#onEnd === undefined || this.#views.length > 0) return;
    this.ended = true;
    process.nextTick(this.#onEnd);
    this.#onEnd = undefined;
  }
}
