import type { Addr, Closer, Conn, Reader, Writer } from "../../net/conn.js";
import { UnexpectedEOFError } from "../../net/errors.js";
import type { Awaitable, BodyType, CodecFeatures, CodecLimits, Request, Response } from "../codec.js";
import { DecodeError, EncodeError } from "../errors.js";
import { MessageReader } from "../message-reader.js";
import { Outbox } from "../outbox.js";
import { type Header, HeaderReader } from "./header-reader.js";
import { HeaderWriter } from "./header-writer.js";
import { defaultMaxDepth, defaultMaxMessageBytes, Scanner } from "./scanner.js";
import { decodeValue, encodeValue, type Packed } from "./values.js";

/** What msgpack carries beyond Go's net/rpc. */
export const msgpackFeatures: CodecFeatures = { cancel: true, notify: true, stream: true, meta: true };

/** Carries pairs of msgpack values, a header and a body, over a conn: what the two codecs have in common. */
export class MsgpackStream {
  /** Who is at the other end. */
  readonly remoteAddr: Addr | null;
  readonly #conn: Closer;
  readonly #in: MessageReader;
  readonly #scanner: Scanner;
  readonly #headerReader = new HeaderReader();
  readonly #headerWriter = new HeaderWriter();
  readonly #out: Outbox;
  readonly #maxMessageBytes: number;
  readonly #maxDepth: number;
  #failure: { readonly error: unknown } | null = null;

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits) {
    this.remoteAddr = (conn as Partial<Conn>).remoteAddr ?? null;
    this.#conn = conn;
    this.#maxMessageBytes = limits.maxMessageBytes ?? defaultMaxMessageBytes;
    this.#maxDepth = limits.maxDepth ?? defaultMaxDepth;
    this.#scanner = new Scanner(limits);
    this.#in = new MessageReader(conn, this.#scanner);
    this.#out = new Outbox(conn, (err) => this.#fail(err));
  }

  /** Whether the last body was read by its schema. */
  get isTyped(): boolean {
    return false;
  }

  /** Reads a header into `header`, and tells whether it is a response's; `null` at the end of the stream. */
  readHeader(header: Header): Awaitable<boolean | null> {
    this.#scanner.expect("header");
    const found = this.#in.next();
    if (found === true) return this.#header(header);
    return (found as Promise<boolean>).then((isThere) => (isThere ? this.#header(header) : null));
  }

  /** Reads a body; with `null` throws it away. */
  readBody(type: BodyType | null): Awaitable<unknown> {
    this.#scanner.expect("body");
    const found = this.#in.next();
    if (found === true) return this.#body(type);
    return (found as Promise<boolean>).then((isThere) => {
      if (isThere) return this.#body(type);
      const error = new UnexpectedEOFError();
      this.#in.fail(error);
      throw error;
    });
  }

  /** Writes a request. */
  writeRequest(request: Request, args: unknown, _type?: BodyType): Awaitable<void> {
    const body = this.#encode(args);
    this.#headerWriter.request(this.#out, request);
    return this.#commit(body);
  }

  /** Writes a response; a failed one has an empty map for its body, as Go's has. */
  writeResponse(response: Response, reply: unknown, _type?: BodyType): Awaitable<void> {
    const body = this.#encode(response.error === "" ? reply : {});
    this.#headerWriter.response(this.#out, response);
    return this.#commit(body);
  }

  /** Resolves when all that was written has left. */
  flush(): Promise<void> {
    return this.#out.drained();
  }

  /** Closes the conn. */
  close(): void {
    this.#out.close();
    this.#in.close();
    this.#conn.close();
  }

  #header(header: Header): boolean {
    const { bytes, start, end } = this.#in;
    try {
      return this.#headerReader.read(bytes, start, end, header);
    } catch (err) {
      this.#in.fail(err);
      throw err;
    }
  }

  #body(type: BodyType | null): unknown {
    if (type === null) return undefined;
    if (this.#scanner.foreign >= 0) throw new DecodeError(`msgpack: unknown extension type ${this.#scanner.foreign}`);
    try {
      return decodeValue(this.#in.bytes, this.#in.start, this.#in.end);
    } catch (err) {
      throw new DecodeError(`msgpack: ${err instanceof Error ? err.message : "cannot decode"}`, err);
    }
  }

  #encode(value: unknown): Packed {
    if (this.#failure !== null) throw this.#failure.error;
    const packed = encodeValue(value, this.#maxDepth);
    if (packed.end - packed.start <= this.#maxMessageBytes) return packed;
    throw new EncodeError(`msgpack: message larger than ${this.#maxMessageBytes} bytes (option maxMessageBytes)`);
  }

  #commit(body: Packed): Awaitable<void> {
    this.#out.copy(body, body.start, body.end);
    this.#out.commit();
    return this.#out.isFull ? this.#out.drained() : undefined;
  }

  /** A write failed: so does all that waits for the peer. */
  #fail(error: unknown): void {
    this.#failure = { error };
    this.#in.fail(error);
    this.#conn.close();
  }
}
