import { peerSymbol } from "../request-value.js";

/** Under these symbols some runtimes keep the parts of a Request, for `fetch(request)` and `new Request(request)`. */
const ownSymbols = Object.getOwnPropertySymbols(new Request("http://localhost/"));

/** What a request is made of, each part when it is asked for. */
export interface RequestParts {
  readonly method: string;
  readonly href: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  readonly peer: string | undefined;
  /** The request as the platform has it. */
  readonly realRequest: Request;
}

type Members = Record<PropertyKey, unknown>;

/**
 * A `Request` whose parts are built when they are asked for: most handlers ask for none. `fetch` and `new Request` take
 * it in Node 20 and 22; a `clone()` of it is a request like any other everywhere.
 */
export class LazyRequest {
  readonly #parts: RequestParts;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  get method(): string {
    return this.#parts.method;
  }

  get url(): string {
    return this.#parts.href;
  }

  get headers(): Headers {
    return this.#parts.headers;
  }

  get signal(): AbortSignal {
    return this.#parts.signal;
  }

  get [peerSymbol](): string | undefined {
    return this.#parts.peer;
  }

  /** The request that this one stands for. */
  get real(): Request {
    return this.#parts.realRequest;
  }

  static {
    const own = new Set(Reflect.ownKeys(LazyRequest.prototype));
    for (const name of [...Reflect.ownKeys(Request.prototype), ...ownSymbols]) {
      if (!own.has(name) && name !== Symbol.toStringTag) forward(LazyRequest.prototype, name);
    }
    Object.setPrototypeOf(LazyRequest.prototype, Request.prototype);
  }
}

function forward(prototype: LazyRequest, name: PropertyKey): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    get(this: LazyRequest): unknown {
      const { real } = this;
      const member = (real as unknown as Members)[name];
      return typeof member === "function" ? (member as (...args: unknown[]) => unknown).bind(real) : member;
    },
  });
}
