import type { NodeIncoming } from "./node-incoming.js";

/** Under these symbols some runtimes keep the parts of a Request, for `fetch(request)` and `new Request(request)`. */
const ownSymbols = Object.getOwnPropertySymbols(new Request("http://localhost/"));

/** Under this symbol middleware finds the address of the peer. */
const peer = Symbol.for("toolkit.rest.peer");

type Members = Record<PropertyKey, unknown>;

/**
 * A `Request` whose parts are built when they are asked for: most handlers ask for none. `fetch` and `new Request` take
 * it in Node 20 and 22; a `clone()` of it is a request like any other everywhere.
 */
export class LazyRequest {
  readonly #incoming: NodeIncoming;

  constructor(incoming: NodeIncoming) {
    this.#incoming = incoming;
  }

  get method(): string {
    return this.#incoming.method;
  }

  get url(): string {
    return this.#incoming.href;
  }

  get headers(): Headers {
    return this.#incoming.headers;
  }

  get signal(): AbortSignal {
    return this.#incoming.signal;
  }

  get [peer](): string | undefined {
    return this.#incoming.peer;
  }

  /** The request that this one stands for. */
  get real(): Request {
    return this.#incoming.realRequest;
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
