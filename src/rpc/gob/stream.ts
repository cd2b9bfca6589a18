import { Schema } from "../../gob/index.js";
import type { Addr, Closer, Conn, Reader, Writer } from "../../net/conn.js";
import { ClosedError, UnexpectedEOFError } from "../../net/errors.js";
import {
  type Awaitable,
  type BodyType,
  type CodecFeatures,
  type CodecLimits,
  cancelMethod,
  type Request,
  type Response,
} from "../codec.js";
import { isDecodeError } from "../errors.js";
import { Sender } from "../sender.js";
import type { Header } from "./header-reader.js";
import { HeaderSchema } from "./header-schema.js";
import { Input } from "./input.js";
import { Pile } from "./pile.js";
import { cancelArgs, type HeaderTypes, nothing } from "./types.js";

/** What gob can carry beyond Go's net/rpc. */
export const gobFeatures: CodecFeatures = Object.freeze({ cancel: true, meta: true });

/** The types of the headers that come, and of those that go. */
export interface Directions {
  readonly incoming: HeaderTypes;
  readonly outgoing: HeaderTypes;
}

/** Carries pairs of gob values, a header and a body, over a conn: what the two codecs have in common. */
export class GobStream {
  /** Who is at the other end. */
  readonly remoteAddr: Addr | null;
  readonly #conn: Closer;
  readonly #in: Input;
  readonly #incoming: HeaderSchema;
  readonly #outgoing: HeaderSchema;
  readonly #pile: Pile;
  readonly #out: Sender;
  #failure: { readonly error: unknown } | null = null;

  /** Headers that come are read into `header`. */
  constructor(conn: Reader & Writer & Closer, limits: CodecLimits, types: Directions, header: Header) {
    this.remoteAddr = (conn as Partial<Conn>).remoteAddr ?? null;
    this.#conn = conn;
    this.#incoming = new HeaderSchema(types.incoming, header);
    this.#in = new Input(conn, this.#incoming, limits);
    this.#outgoing = new HeaderSchema(types.outgoing, header);
    this.#pile = new Pile(limits);
    this.#out = new Sender(conn, this.#pile, (err) => this.#fail(err));
  }

  /** Reads a header, or `null` at the end of the stream. */
  readHeader(): Awaitable<Header | null> {
    return this.#in.next(this.#incoming) as Awaitable<Header | null>;
  }

  /** Reads a body; with `null` throws it away. */
  readBody(type: BodyType | null, serviceMethod = ""): Awaitable<unknown> {
    if (type === null) return this.#skipBody();
    const body = this.#in.next(serviceMethod === cancelMethod ? cancelArgs : schemaOf(type));
    return body instanceof Promise ? body.then((value) => this.#body(value)) : this.#body(body);
  }

  /** Finds the type to send a value as: without a schema nothing is `struct{}`, and what is something tells its own. */
  typeOf(value: unknown, type: BodyType | undefined): Schema | undefined {
    return schemaOf(type) ?? (value == null ? nothing : undefined);
  }

  /** Sends a header, in full or as Go has it, and a body. */
  send(header: Request | Response, full: object | null, body: unknown, bodySchema?: Schema): Awaitable<void> {
    if (this.#failure !== null) throw this.#failure.error;
    const value = body ?? (bodySchema === nothing ? {} : body);
    if (full === null) this.#pile.add(header, this.#outgoing, value, bodySchema);
    else this.#pile.add(full, this.#outgoing.full, value, bodySchema);
    this.#out.commit();
    return this.#out.isFull ? this.#out.drained() : undefined;
  }

  /** Resolves when all that was written has left. */
  flush(): Promise<void> {
    return this.#out.drained();
  }

  /** Closes the conn. */
  close(): void {
    this.#failure ??= { error: new ClosedError() };
    this.#out.close();
    this.#in.fail(new ClosedError());
    this.#conn.close();
  }

  /** What is wrong with a value matters to nobody who throws it away. */
  #skipBody(): Awaitable<void> {
    try {
      const skipped = this.#in.next(null);
      if (!(skipped instanceof Promise)) return this.#skipped(skipped);
      return skipped.then((value) => this.#skipped(value), harmless);
    } catch (err) {
      return harmless(err);
    }
  }

  #skipped(value: unknown): void {
    this.#body(value);
  }

  #body(value: unknown): unknown {
    if (value !== null || !this.#in.hasEnded) return value;
    const error = new UnexpectedEOFError();
    this.#in.fail(error);
    throw error;
  }

  /** A write failed: so does all that waits for the peer. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#in.fail(error);
    this.#conn.close();
  }
}

/** The schema, if it is one that gob can go by. */
function schemaOf(type: BodyType | undefined): Schema | undefined {
  const schema = type?.schema;
  return schema instanceof Schema ? schema : undefined;
}

function harmless(err: unknown): void {
  if (!isDecodeError(err)) throw err;
}
