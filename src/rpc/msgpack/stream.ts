import { Schema } from "../../gob/schema.js";
import type { Addr, Closer, Conn, Reader, Writer } from "../../net/conn.js";
import { UnexpectedEOFError } from "../../net/errors.js";
import type { Awaitable, BodyType, CodecFeatures, CodecLimits, Request, Response } from "../codec.js";
import { DecodeError, EncodeError, isDecodeError, textOf } from "../errors.js";
import { MessageReader } from "../message-reader.js";
import { Outbox } from "../outbox.js";
import { MsgpackFramer } from "./framer.js";
import { type Header, HeaderReader } from "./header-reader.js";
import { HeaderWriter } from "./header-writer.js";
import { type Plan, planOf, unread } from "./plan.js";
import { defaultMaxDepth, defaultMaxMessageBytes, maxHeaderBytes } from "./scanner.js";
import { decodeValue, encodeValue, type Packed } from "./values.js";

/** What msgpack carries beyond Go's net/rpc. */
export const msgpackFeatures: CodecFeatures = { cancel: true, notify: true, stream: true, meta: true };

/** Carries pairs of msgpack values, a header and a body, over a conn: what the two codecs have in common. */
export class MsgpackStream {
  /** Who is at the other end. */
  readonly remoteAddr: Addr | null;
  readonly #conn: Closer;
  readonly #in: MessageReader;
  readonly #framer: MsgpackFramer;
  readonly #headerReader = new HeaderReader();
  readonly #headerWriter = new HeaderWriter();
  readonly #out: Outbox;
  readonly #inPlans = new PlanFinder();
  readonly #outPlans = new PlanFinder();
  readonly #maxMessageBytes: number;
  readonly #maxDepth: number;
  #failure: { readonly error: unknown } | null = null;

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits) {
    this.remoteAddr = (conn as Partial<Conn>).remoteAddr ?? null;
    this.#conn = conn;
    this.#maxMessageBytes = limits.maxMessageBytes ?? defaultMaxMessageBytes;
    this.#maxDepth = limits.maxDepth ?? defaultMaxDepth;
    this.#framer = new MsgpackFramer(limits);
    this.#in = new MessageReader(conn, this.#framer);
    this.#out = new Outbox(conn, (err) => this.#fail(err));
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

  /** Reads a header into `header`, and tells whether it is a response's; `null` at the end of the stream. */
  readHeader(header: Header): Awaitable<boolean | null> {
    this.#framer.expectHeader();
    const found = this.#in.next();
    if (found === true) return this.#header(header);
    return (found as Promise<boolean>).then((isThere) => (isThere ? this.#header(header) : null));
  }

  /** Reads a body; with `null` throws it away. */
  readBody(type: BodyType | null): Awaitable<unknown> {
    this.#framer.expectBody(type === null ? null : this.#inPlans.find(type));
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
  writeRequest(request: Request, args: unknown, type?: BodyType): Awaitable<void> {
    const start = this.#begin();
    const body = this.#pack(args, type);
    try {
      this.#headerWriter.request(this.#out, request);
      this.#append(start, body, args, type);
    } catch (err) {
      this.#takeBack(start, err);
    }
    return this.#send();
  }

  /** Writes a response; a failed one has an empty map for its body, as Go's has. */
  writeResponse(response: Response, reply: unknown, type?: BodyType): Awaitable<void> {
    const hasFailed = response.error !== "";
    const schema = hasFailed ? undefined : type;
    const start = this.#begin();
    const body = this.#pack(hasFailed ? {} : reply, schema);
    try {
      this.#headerWriter.response(this.#out, response);
      this.#append(start, body, reply, schema);
    } catch (err) {
      this.#takeBack(start, err);
    }
    return this.#send();
  }

  #header(header: Header): boolean {
    if (this.#framer.isRead) return this.#framer.quick.fill(header);
    const { bytes, start, end } = this.#in;
    try {
      const isResponse = this.#headerReader.read(bytes, start, end, header);
      this.#framer.quick.learn(bytes, start, end, header.serviceMethod);
      return isResponse;
    } catch (err) {
      this.#in.fail(err);
      throw err;
    }
  }

  #body(type: BodyType | null): unknown {
    if (type === null) return undefined;
    if (this.#framer.isRead) return this.#framer.value;
    if (this.#framer.foreign >= 0) throw new DecodeError(`msgpack: unknown extension type ${this.#framer.foreign}`);
    const { bytes, start, end } = this.#in;
    const value = this.#framer.read(bytes, start, end);
    if (value !== unread) return value;
    try {
      const found = decodeValue(bytes, start, end);
      const plan = this.#inPlans.find(type);
      return plan === null ? found : plan.slow(found);
    } catch (err) {
      if (isDecodeError(err)) throw err;
      throw new DecodeError(`msgpack: ${textOf(err)}`, err);
    }
  }

  /** Begins a message; returns where. */
  #begin(): number {
    if (this.#failure !== null) throw this.#failure.error;
    return this.#out.length;
  }

  /** Encodes a body that has no plan, before its header is written. */
  #pack(value: unknown, type: BodyType | undefined): Packed | null {
    return type === undefined || this.#outPlans.find(type) === null ? encodeValue(value, this.#maxDepth) : null;
  }

  /** Puts the body behind the header, which began at `start`. */
  #append(start: number, body: Packed | null, value: unknown, type: BodyType | undefined): void {
    const from = this.#out.length;
    if (from - start > maxHeaderBytes) throw new RangeError(`Header larger than ${maxHeaderBytes} bytes`);
    if (body !== null) this.#out.copy(body, body.start, body.end);
    else (this.#outPlans.find(type as BodyType) as Plan).write(this.#out, value, this.#maxDepth);
    if (this.#out.length - from > this.#maxMessageBytes) throw new RangeError(this.#tooLarge);
  }

  /** Takes a message back that cannot be written whole. */
  #takeBack(start: number, err: unknown): never {
    this.#out.truncate(start);
    throw new EncodeError(`msgpack: ${textOf(err)}`, { cause: err });
  }

  /** Sends the message that was put together. */
  #send(): Awaitable<void> {
    this.#out.commit();
    return this.#out.isFull ? this.#out.drained() : undefined;
  }

  get #tooLarge(): string {
    return `message larger than ${this.#maxMessageBytes} bytes (option maxMessageBytes)`;
  }

  /** A write failed: so does all that waits for the peer. */
  #fail(error: unknown): void {
    this.#failure = { error };
    this.#in.fail(error);
    this.#conn.close();
  }
}

/** Finds the plan for a type of `toolkit/gob`, `null` for others; and keeps the last, which is mostly the next. */
class PlanFinder {
  #type: BodyType | undefined;
  #plan: Plan | null = null;

  find(type: BodyType): Plan | null {
    if (type === this.#type) return this.#plan;
    this.#type = type;
    this.#plan = type.schema instanceof Schema ? planOf(type.schema) : null;
    return this.#plan;
  }
}
