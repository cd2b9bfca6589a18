import type { Addr } from "../net/conn.js";
import { ClosedError } from "../net/errors.js";
import type {
  Awaitable,
  BodyType,
  ClientCodec,
  CodecFeatures,
  DuplexCodec,
  Request,
  Response,
  ServerCodec,
} from "./codec.js";
import { ProtocolError } from "./errors.js";

type Kind = "request" | "response";

/** Waits for the next header of its kind, or for the end. */
interface Waiting {
  resolve(isThere: boolean): void;
  reject(reason: unknown): void;
}

/**
 * Splits a codec in two, one for the server and one for the client that share a connection. Both must go on reading: what
 * one of them leaves lying keeps from the other what comes after it.
 */
export class Duplex {
  readonly server: ServerCodec;
  readonly client: ClientCodec;
  /** Is told of each request that the client writes. */
  onCall: () => void = () => {};
  readonly #codec: DuplexCodec;
  readonly #waiting: { request: Waiting | null; response: Waiting | null } = { request: null, response: null };
  /** The header that was read, and that its side has not taken yet. */
  #arrived: Kind | null = null;
  /** Whether a header is being read, or the body that belongs to it. */
  #isReading = false;
  #end: { readonly error: unknown } | "end" | null = null;
  #hasClient = false;

  constructor(codec: DuplexCodec) {
    this.#codec = codec;
    this.server = new ServerHalf(this, codec);
    this.client = new ClientHalf(this, codec);
  }

  /** Reads the next header of a kind: `true` if there is one, `false` at the end of the stream. */
  next(kind: Kind): Awaitable<boolean> {
    if (kind === "response") this.#hasClient = true;
    if (this.#arrived === kind) return this.#take();
    if (this.#end === null && this.#arrived === null && !this.#isReading) {
      this.#fetch();
      if (this.#arrived === kind) return this.#take();
    }
    if (this.#end === "end") return false;
    if (this.#end !== null) throw this.#end.error;
    return new Promise((resolve, reject) => {
      this.#waiting[kind] = { resolve, reject };
    });
  }

  /** Reads the body that belongs to the last header of a kind. */
  body(kind: Kind, type: BodyType | null): Awaitable<unknown> {
    let body: Awaitable<unknown>;
    try {
      body = kind === "request" ? this.#codec.readRequestBody(type) : this.#codec.readResponseBody(type);
    } catch (err) {
      this.#release();
      throw err;
    }
    if (body instanceof Promise) return body.finally(() => this.#release());
    this.#release();
    return body;
  }

  /** Closes the connection; but a client that is told of the end of the stream leaves the server to answer. */
  close(half: ServerCodec | ClientCodec): void {
    if (half === this.client && this.#end === "end") return;
    this.#codec.close();
    if (this.#end === null) this.#finish({ error: new ClosedError() });
  }

  /** Its side takes the header. */
  #take(): true {
    this.#arrived = null;
    this.#isReading = true;
    return true;
  }

  /** The body was read. Who waits goes on, should the other side be slow to ask. */
  #release(): void {
    this.#isReading = false;
    if (this.#waiting.request !== null || this.#waiting.response !== null) queueMicrotask(this.#goOn);
  }

  readonly #goOn = (): void => {
    if (this.#end === null && this.#arrived === null && !this.#isReading) this.#fetch();
  };

  #fetch(): void {
    try {
      const found = this.#codec.readHeader();
      if (!(found instanceof Promise)) return this.#found(found);
      this.#isReading = true;
      found.then(
        (kind) => this.#found(kind),
        (err: unknown) => this.#finish({ error: err }),
      );
    } catch (err) {
      this.#finish({ error: err });
    }
  }

  #found(kind: Kind | null): void {
    this.#isReading = false;
    if (kind === null) return this.#finish("end");
    if (kind === "response" && !this.#hasClient) {
      return this.#finish({ error: new ProtocolError("rpc: response to a call that nobody made") });
    }
    this.#arrived = kind;
    const waiting = this.#waiting[kind];
    if (waiting === null) return;
    this.#waiting[kind] = null;
    waiting.resolve(this.#take());
  }

  #finish(end: { readonly error: unknown } | "end"): void {
    this.#end ??= end;
    for (const kind of ["request", "response"] as const) {
      const waiting = this.#waiting[kind];
      this.#waiting[kind] = null;
      if (end === "end") waiting?.resolve(false);
      else waiting?.reject(end.error);
    }
  }
}

/** What both halves tell of their codec. */
abstract class Half {
  readonly remoteAddr: Addr | null;
  readonly features: CodecFeatures;
  readonly isTyped: boolean;
  readonly name: string;
  protected readonly duplex: Duplex;
  protected readonly codec: DuplexCodec;

  constructor(duplex: Duplex, codec: DuplexCodec) {
    this.duplex = duplex;
    this.codec = codec;
    this.remoteAddr = codec.remoteAddr ?? null;
    this.features = codec.features ?? {};
    this.isTyped = codec.isTyped ?? false;
    this.name = codec.name ?? "custom";
  }
}

class ServerHalf extends Half implements ServerCodec {
  readRequestHeader(): Awaitable<Request | null> {
    const found = this.duplex.next("request");
    if (found instanceof Promise) return found.then((isThere) => (isThere ? this.codec.request : null));
    return found ? this.codec.request : null;
  }
  readRequestBody(type: BodyType | null): Awaitable<unknown> {
    return this.duplex.body("request", type);
  }
  writeResponse(response: Response, body: unknown, type?: BodyType): Awaitable<void> {
    return this.codec.writeResponse(response, body, type);
  }
  flush(): Awaitable<void> {
    return this.codec.flush?.();
  }
  close(): void {
    this.duplex.close(this);
  }
}

class ClientHalf extends Half implements ClientCodec {
  readResponseHeader(): Awaitable<Response | null> {
    const found = this.duplex.next("response");
    if (found instanceof Promise) return found.then((isThere) => (isThere ? this.codec.response : null));
    return found ? this.codec.response : null;
  }
  readResponseBody(type: BodyType | null): Awaitable<unknown> {
    return this.duplex.body("response", type);
  }
  writeRequest(request: Request, args: unknown, type?: BodyType): Awaitable<void> {
    this.duplex.onCall();
    return this.codec.writeRequest(request, args, type);
  }
  close(): void {
    this.duplex.close(this);
  }
}
