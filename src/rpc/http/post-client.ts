import { ClosedError, LimitError, NetError } from "../../net/errors.js";
import type { Awaitable, BodyType, ClientCodec, CodecFeatures, CodecLimits, Request, Response } from "../codec.js";
import { cancelMethod } from "../codec.js";
import { DecodeError, EncodeError } from "../errors.js";
import { defaultMaxMessageBytes } from "../json/framer.js";
import type { RawJSON } from "../json/raw.js";
import { JSONValues } from "../json/values.js";
import { readResponse } from "../jsonrpc2/incoming.js";
import { messageOf } from "../jsonrpc2/message-of.js";
import { encodeParams } from "../jsonrpc2/params.js";
import { requestText } from "../jsonrpc2/texts.js";
import { joined } from "./post-chunks.js";

/** What {@link PostClientCodec} needs of a `fetch`. */
export type Fetch = (
  url: string | URL,
  init: { method: "POST"; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<FetchResponse>;

/** What {@link PostClientCodec} needs of a `Response` of `fetch`. */
export interface FetchResponse {
  /** The status. */
  readonly status: number;
  /** The words beside it. */
  readonly statusText: string;
  /** The body. */
  readonly body: ReadableStream<Uint8Array> | null;
}

/** Options of {@link PostClientCodec}. */
export interface PostClientOptions extends CodecLimits {
  /** Headers of every request, as `authorization`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Whether the calls of one tick go as one batch. @default false */
  batch?: boolean | undefined;
  /** Makes the requests. @default the platform's */
  fetch?: Fetch | undefined;
}

/** A call that a POST carries. */
interface Posted {
  readonly seq: number | bigint;
  readonly isNotification: boolean;
  readonly text: RawJSON;
}

/** What has come of a call. */
interface Outcome {
  readonly header: Response;
  readonly body: RawJSON | undefined;
  /** Why there is no body. */
  readonly failure?: unknown;
}

/**
 * Makes calls in JSON-RPC 2.0 by HTTP POST, through `fetch`: each call is a request of its own, or, with `batch`, all calls
 * of one tick are.
 *
 * What goes wrong with a request fails its calls alone, with a {@link NetError}. A call that is cancelled ends its request,
 * which tells the server, unless others are in it.
 */
export class PostClientCodec implements ClientCodec {
  /** `jsonrpc2`. */
  readonly name = "jsonrpc2";
  /** What is read by a schema of `toolkit/gob` fits it. */
  readonly isTyped = true;
  readonly features: CodecFeatures = { cancel: true, notify: true, stream: false, meta: true };
  readonly #url: string | URL;
  readonly #options: PostClientOptions;
  readonly #fetch: Fetch;
  readonly #values: JSONValues;
  readonly #maxMessageBytes: number;
  /** What is under way, by the only call in it, or under a symbol. */
  readonly #posts = new Map<number | bigint | symbol, AbortController>();
  #batch: Posted[] = [];
  readonly #outcomes: Outcome[] = [];
  #last: Outcome | undefined;
  #waiter: { resolve: (header: Response | null) => void; reject: (reason: unknown) => void } | null = null;
  #isClosed = false;

  constructor(url: string | URL, options: PostClientOptions = {}) {
    this.#url = url;
    this.#options = options;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#values = new JSONValues(options.maxDepth);
    this.#maxMessageBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
  }

  writeRequest(request: Request, args: unknown, type?: BodyType): Awaitable<void> {
    if (this.#isClosed) throw new ClosedError();
    if (request.serviceMethod === cancelMethod) return this.#cancel((args as { Seq: number | bigint }).Seq);
    const text = requestText({ ...request, window: undefined }, encodeParams(args, this.#values, type));
    if (text.length > this.#maxMessageBytes) {
      throw new EncodeError(`json: message larger than ${this.#maxMessageBytes} bytes (option maxMessageBytes)`);
    }
    const posted = { seq: request.seq, isNotification: request.isNotification ?? false, text };
    if (this.#options.batch) this.#gather(posted);
    else void this.#post([posted], text);
  }

  readResponseHeader(): Awaitable<Response | null> {
    if (this.#isClosed) throw new ClosedError();
    this.#last = this.#outcomes.shift();
    if (this.#last !== undefined) return this.#last.header;
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  readResponseBody(type: BodyType | null): Awaitable<unknown> {
    const { body, failure } = this.#last ?? {};
    if (type === null) return undefined;
    if (failure !== undefined) throw new DecodeError(messageOfError(failure), failure);
    return body === undefined ? undefined : this.#values.decode(body, type);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const controller of this.#posts.values()) controller.abort();
    this.#posts.clear();
    this.#waiter?.reject(new ClosedError());
    this.#waiter = null;
  }

  #cancel(seq: number | bigint): void {
    this.#batch = this.#batch.filter((posted) => posted.seq !== seq);
    this.#posts.get(seq)?.abort();
  }

  #gather(posted: Posted): void {
    if (this.#batch.length === 0) queueMicrotask(() => this.#postBatch());
    this.#batch.push(posted);
  }

  #postBatch(): void {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) void this.#post(batch, `[${batch.map(({ text }) => text).join(",")}]`);
  }

  /** Posts calls, and tells what has come of each. Never rejects. */
  async #post(calls: readonly Posted[], text: RawJSON): Promise<void> {
    const controller = new AbortController();
    const key = calls.length === 1 ? (calls[0] as Posted).seq : Symbol("batch");
    this.#posts.set(key, controller);
    const waiting = new Set(calls.filter(({ isNotification }) => !isNotification).map(({ seq }) => seq));
    let failure: unknown = new NetError("post: the answer lacks this call", { code: "ERR_RPC_PROTOCOL" });
    try {
      for (const outcome of await this.#exchange(text, controller.signal)) {
        if (waiting.delete(outcome.header.seq)) this.#deliver(outcome);
      }
    } catch (err) {
      failure = err;
    }
    this.#posts.delete(key);
    for (const seq of waiting) {
      this.#deliver({ header: { serviceMethod: "", seq, error: "" }, body: undefined, failure });
    }
  }

  async #exchange(text: RawJSON, signal: AbortSignal): Promise<Outcome[]> {
    const headers = { ...this.#options.headers, "content-type": "application/json", accept: "application/json" };
    const response = await this.#fetch(this.#url, { method: "POST", headers, body: text, signal });
    const body = await this.#read(response.body);
    if (body.byteLength === 1 && response.status >= 200 && response.status < 300) return [];
    const found = messageOf(body, { ...this.#options, maxBatchSize: Number.POSITIVE_INFINITY });
    if (found.error !== undefined) throw this.#noAnswer(response);
    const parts = found.message.parts.map((part) => {
      if (part.kind !== "response") throw this.#noAnswer(response);
      return { header: readResponse(part), body: part.result };
    });
    return parts.filter((part): part is Outcome => part.header !== null);
  }

  #noAnswer({ status, statusText }: FetchResponse): NetError {
    return new NetError(`post: HTTP status ${status} ${statusText}, and no answer`, { code: "ERR_RPC_PROTOCOL" });
  }

  /** Reads a body, and adds a new line. */
  async #read(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > this.#maxMessageBytes) {
        throw new LimitError(`post: answer larger than ${this.#maxMessageBytes} bytes (option maxMessageBytes)`);
      }
      chunks.push(chunk);
    }
    return joined([...chunks, Uint8Array.of(0x0a)], size + 1);
  }

  #deliver(outcome: Outcome): void {
    if (this.#isClosed) return;
    const waiter = this.#waiter;
    if (waiter === null) {
      this.#outcomes.push(outcome);
      return;
    }
    this.#waiter = null;
    this.#last = outcome;
    waiter.resolve(outcome.header);
  }
}

function messageOfError(err: unknown): string {
  return err instanceof Error ? err.message : "request failed";
}
