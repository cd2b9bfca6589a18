import type { IncomingMessage, ServerResponse } from "node:http";
import { collect } from "../collect.js";
import { hostOf, type Incoming } from "../incoming.js";
import { LazyRequest, type RequestParts } from "./lazy-request.js";
import { parsedBody } from "./parsed-body.js";
import { readMessage, streamMessage } from "./read-message.js";
import { parseTarget, type Target } from "./target.js";

/** What Express and its like put on a request. */
interface Mounted {
  readonly baseUrl?: unknown;
}

/** A request of node:http. */
export class NodeIncoming implements Incoming, RequestParts {
  readonly method: string;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #target: Target;
  #request: LazyRequest | undefined;
  #real: Request | undefined;
  #headers: Headers | undefined;
  #abort: AbortController | undefined;

  constructor(message: IncomingMessage, response: ServerResponse) {
    this.#message = message;
    this.#response = response;
    this.method = message.method ?? "GET";
    this.#target = parseTarget(message.url ?? "/");
  }

  get path(): string {
    return this.#target.path;
  }

  get search(): string {
    return this.#target.search;
  }

  get base(): string {
    const { baseUrl } = this.#message as Mounted;
    return typeof baseUrl === "string" ? baseUrl : "";
  }

  /** The host and the port, as the client says (RFC 9112 section 3.2.2). */
  get authority(): string {
    const { headers } = this.#message;
    return this.#target.authority ?? headers.host ?? String(headers[":authority"] ?? "");
  }

  get host(): string {
    return hostOf(this.authority);
  }

  /** Whether there is more than one Host, of which Node takes the first, and a proxy may have taken another (RFC 9112 section 3.2). */
  get hasTwoHosts(): boolean {
    const { rawHeaders } = this.#message;
    let count = 0;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i];
      if (name?.length === 4 && name.toLowerCase() === "host") count++;
    }
    return count > 1;
  }

  get href(): string {
    const scheme = "encrypted" in this.#message.socket ? "https" : "http";
    const { path, search } = this.#target;
    return `${scheme}://${this.authority || "localhost"}${path === "*" ? "/" : path}${search}`;
  }

  url(): URL {
    return new URL(this.href);
  }

  get peer(): string | undefined {
    return this.#message.socket.remoteAddress;
  }

  header(name: string): string | null {
    const value = this.#message.headers[name];
    if (name === "content-encoding" && value !== undefined && parsedBody(this.#message) !== null) return null; // undone
    return value === undefined ? null : typeof value === "string" ? value : value.join(", ");
  }

  get headers(): Headers {
    return (this.#headers ??= headersOf(this.#message.rawHeaders));
  }

  get signal(): AbortSignal {
    return (this.#abort ??= abortOnClose(this.#response)).signal;
  }

  get request(): Request {
    return (this.#request ??= new LazyRequest(this)) as unknown as Request;
  }

  get realRequest(): Request {
    return (this.#real ??= new Request(this.href, this.#init()));
  }

  #init(): RequestInit {
    const { method, headers, signal } = this;
    const takesBody = this.hasBody && method !== "GET" && method !== "HEAD";
    if (!takesBody) return { method, headers, signal };
    const body = parsedBody(this.#message) ?? streamMessage(this.#message, this.#response);
    return { method, headers, signal, body: body as BodyInit, duplex: "half" } as RequestInit;
  }

  get hasBody(): boolean {
    const { headers } = this.#message;
    const length = headers["content-length"];
    return length === undefined ? headers["transfer-encoding"] !== undefined : length !== "0";
  }

  async read(limit: number): Promise<Uint8Array | null> {
    if (this.#real !== undefined) return collect(this.#real.body, limit);
    const parsed = parsedBody(this.#message);
    if (parsed !== null) return parsed.byteLength > limit ? null : parsed;
    if (this.#message.readableDidRead) throw new TypeError("The body was read before: see toNode on body parsers");
    return readMessage(this.#message, limit);
  }
}

/** Keeps fields that come more than once; those of HTTP/2 that begin with a colon are none. */
function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? "";
    if (!name.startsWith(":")) headers.append(name, raw[i + 1] ?? "");
  }
  return headers;
}

function abortOnClose(response: ServerResponse): AbortController {
  const controller = new AbortController();
  const abort = () => {
    if (!response.writableFinished) controller.abort(new DOMException("The client went away", "AbortError"));
  };
  if (response.destroyed) abort();
  else response.once("close", abort);
  return controller;
}
