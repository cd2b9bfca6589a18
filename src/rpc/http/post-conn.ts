import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import { NetError } from "../../net/errors.js";

/**
 * Passes one POST for a conn: a codec reads the body, and what it writes first is the answer. The stream of requests ends
 * when the answer is there, so that whoever serves it learns in between if the client hangs up.
 */
export class PostConn implements Reader, Writer, Closer {
  /** Who is at the other end. */
  readonly remoteAddr: Addr | null;
  /** Resolves when there is an answer, or never will be. */
  readonly done: Promise<void>;
  readonly #size: number;
  #rest: Uint8Array;
  #resolveDone: () => void = () => {};
  #isAnswered: boolean;
  #answer: Uint8Array | null = null;
  #abort: { readonly reason: unknown } | null = null;
  #reader: { resolve: (n: null) => void; reject: (reason: unknown) => void } | null = null;

  /** Without `wantsAnswer` the stream ends with the body. */
  constructor(body: Uint8Array, wantsAnswer: boolean, remoteAddr: Addr | null) {
    this.#rest = body;
    this.#size = body.byteLength;
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve;
    });
    this.#isAnswered = !wantsAnswer;
    this.remoteAddr = remoteAddr;
  }

  /** Whether anything of the body was read. */
  get wasRead(): boolean {
    return this.#rest.byteLength < this.#size;
  }
  /** What was written; `null` if nothing was. */
  get answer(): Uint8Array | null {
    return this.#answer;
  }

  read(p: Uint8Array): Promise<number | null> {
    if (this.#abort !== null) return Promise.reject(this.#abort.reason);
    const n = Math.min(p.byteLength, this.#rest.byteLength);
    p.set(this.#rest.subarray(0, n));
    this.#rest = this.#rest.subarray(n);
    if (n > 0) return Promise.resolve(n);
    if (this.#isAnswered) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  write(p: Uint8Array): Promise<number> {
    this.#answer ??= p.slice();
    this.#end();
    return Promise.resolve(p.byteLength);
  }

  /** Tells whoever serves that the client is gone, unless it has its answer. */
  abort(): void {
    if (this.#isAnswered) return;
    this.#abort = { reason: new NetError("post: client hung up", { code: "ERR_ABORTED" }) };
    this.#reader?.reject(this.#abort.reason);
    this.#reader = null;
    this.#resolveDone();
  }

  close(): void {
    this.#end();
  }

  #end(): void {
    this.#isAnswered = true;
    this.#reader?.resolve(null);
    this.#reader = null;
    this.#resolveDone();
  }
}
