import type { Bytes, Reader } from "../net/conn.js";
import type { Conn } from "./conn.js";
import { encodeText } from "./text.js";

/**
 * Joins the messages of a conn into one stream of bytes, with `term` behind each. Reads of it wait for each other; the
 * end of the conn is what `nextReader` rejects with.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#JoinMessages | gorilla JoinMessages}
 */
export function joinMessages(conn: Pick<Conn, "nextReader">, term: string): Reader {
  return new JoinedMessages(conn, encodeText(term));
}

class JoinedMessages implements Reader {
  readonly #conn: Pick<Conn, "nextReader">;
  readonly #term: Bytes;
  #message: Reader | null = null;
  /** What is left of the term behind the message. */
  #rest: Bytes = new Uint8Array(0);
  #last: Promise<unknown> = Promise.resolve();

  constructor(conn: Pick<Conn, "nextReader">, term: Bytes) {
    this.#conn = conn;
    this.#term = term;
  }

  read(p: Bytes): Promise<number | null> {
    const read = this.#last.then(() => this.#read(p));
    this.#last = read.catch(() => {});
    return read;
  }

  async #read(p: Bytes): Promise<number> {
    if (p.byteLength === 0) return 0;
    for (;;) {
      if (this.#rest.byteLength > 0) return this.#takeTerm(p);
      this.#message ??= (await this.#conn.nextReader()).reader;
      const n = await this.#message.read(p);
      if (n !== null && n > 0) return n;
      if (n !== null) continue;
      this.#message = null;
      this.#rest = this.#term;
    }
  }

  #takeTerm(p: Bytes): number {
    const part = this.#rest.subarray(0, p.byteLength);
    p.set(part);
    this.#rest = this.#rest.subarray(part.byteLength);
    return part.byteLength;
  }
}
