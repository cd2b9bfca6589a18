import type { Addr, Closer, Conn, Reader, Writer } from "../../net/conn.js";
import type { Awaitable } from "../codec.js";
import { EncodeError } from "../errors.js";
import { MessageReader } from "../message-reader.js";
import { Outbox } from "../outbox.js";
import { defaultMaxMessageBytes, type FramerOptions, JSONFramer } from "./framer.js";
import { type RawJSON, trimmed } from "./raw.js";
import { JSONValues } from "./values.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Carries JSON texts over a conn: what the JSON codecs have in common. */
export class TextStream {
  /** Who is at the other end. */
  readonly remoteAddr: Addr | null;
  readonly #conn: Closer;
  readonly #framer: JSONFramer;
  readonly #in: MessageReader;
  readonly #out: Outbox;
  readonly #values: JSONValues;
  readonly #maxMessageBytes: number;
  #failure: { readonly error: unknown } | null = null;
  #isClosed = false;

  constructor(conn: Reader & Writer & Closer, options: FramerOptions = {}) {
    this.remoteAddr = (conn as Partial<Conn>).remoteAddr ?? null;
    this.#conn = conn;
    this.#framer = new JSONFramer(options);
    this.#in = new MessageReader(conn, this.#framer);
    this.#out = new Outbox(conn, (err) => this.#fail(err));
    this.#values = new JSONValues(options.maxDepth);
    this.#maxMessageBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
  }

  /** Encodes and decodes what is in the texts. */
  get values(): JSONValues {
    return this.#values;
  }
  /** Whether the last text is a line that is no JSON. */
  get isBroken(): boolean {
    return this.#framer.isBroken;
  }
  /** Whether so much waits to be sent that writers should wait for {@link TextStream.drained}. */
  get isFull(): boolean {
    return this.#out.isFull;
  }

  /** Goes to the next text; `false` at the end of the stream. Answers at once if the text is there. */
  next(): Awaitable<boolean> {
    for (;;) {
      const found = this.#in.next();
      if (found instanceof Promise) return this.#wait(found);
      if (!found || !this.#framer.isBlank) return found;
    }
  }

  /** Decodes the last text. */
  text(): RawJSON {
    return trimmed(decoder.decode(this.#in.bytes.subarray(this.#in.start, this.#in.end)));
  }

  /**
   * Sends a text.
   * @throws {EncodeError} for one that is too large; what a write has failed with
   */
  write(text: RawJSON): Awaitable<void> {
    if (this.#failure !== null) throw this.#failure.error;
    const bytes = encoder.encode(text);
    if (bytes.length > this.#maxMessageBytes) throw this.#tooLarge();
    return this.#put(bytes);
  }

  /** Sends a text of whatever size, or nothing once a write has failed. */
  put(text: RawJSON): void {
    if (this.#failure === null && !this.#isClosed) void this.#put(encoder.encode(text));
  }

  /** Returns the size of a text in bytes. @throws {EncodeError} if it leaves no room for `more` bytes */
  measure(text: RawJSON, more: number): number {
    // A character takes 3 bytes at most: most texts need not be encoded to know that they fit.
    const most = this.#maxMessageBytes - more;
    const size = text.length * 3 <= most ? text.length : encoder.encode(text).length;
    if (size > most) throw this.#tooLarge();
    return size;
  }

  /** What a write has failed with is thrown again. */
  check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Resolves when all that was written has left. */
  drained(): Promise<void> {
    return this.#out.drained();
  }

  /** Refuses what comes: the pending call of {@link TextStream.next} and all later ones fail with `reason`. */
  refuse(reason: unknown): void {
    this.#in.fail(reason);
  }

  /** Closes the conn. */
  close(): void {
    this.#isClosed = true;
    this.#out.close();
    this.#in.close();
    this.#conn.close();
  }

  #put(bytes: Uint8Array): Awaitable<void> {
    this.#out.copy(bytes);
    this.#out.commit();
    return this.#out.isFull ? this.#out.drained() : undefined;
  }

  #tooLarge(): EncodeError {
    return new EncodeError(`json: message larger than ${this.#maxMessageBytes} bytes (option maxMessageBytes)`);
  }

  async #wait(found: Promise<boolean>): Promise<boolean> {
    for (let each: Awaitable<boolean> = found; ; each = this.#in.next()) {
      if (!(await each)) return false;
      if (!this.#framer.isBlank) return true;
    }
  }

  /** A write failed: so does all that waits for the peer. */
  #fail(error: unknown): void {
    this.#failure = { error };
    this.#in.fail(error);
    this.#conn.close();
  }
}
