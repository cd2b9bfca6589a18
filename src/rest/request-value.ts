type Values = Map<RequestValue<unknown>, unknown>;

/** Where a request carries the address of its peer: what `serve` and `toNode` set, and any other adapter may. */
export const peerSymbol: unique symbol = Symbol.for("toolkit.rest.peer") as never;

/**
 * Goes with a request from middleware to handlers: who the user is, which tenant. Where a layer of this package puts another request in the
 * place of the one it got, the value goes along, which a `WeakMap` by request would lose.
 *
 * @example
 * ```ts
 * import { handler, type Middleware, Problem, RequestValue, resource } from "toolkit/rest";
 *
 * const user = new RequestValue<string>();
 * const signedIn: Middleware = (request, next) => {
 *   if (request.headers.get("Authorization") !== "Bearer 7") throw new Problem(401);
 *   user.set(request, "Ada");
 *   return next(request);
 * };
 * const me = resource("/me", { GET: (request) => ({ name: user.get(request) }), use: [signedIn] });
 * const request = new Request("http://localhost/me", { headers: { Authorization: "Bearer 7" } });
 * console.log(await (await handler(me)(request)).text()); // {"name":"Ada"}
 * ```
 */
export class RequestValue<T> {
  /** By request: they go when it goes. */
  static readonly #known = new WeakMap<Request, Values>();

  /** Gives what was set for a request, or for one in whose place it stands. */
  get(request: Request): T | undefined {
    return RequestValue.#known.get(request)?.get(this) as T | undefined;
  }

  /** Sets the value for a request. */
  set(request: Request, value: T): void {
    RequestValue.#valuesOf(request).set(this, value);
  }

  /** @internal Has `fresh` stand in the place of `old`: what is known of one is known of the other. */
  static share(old: Request, fresh: Request): void {
    RequestValue.#known.set(fresh, RequestValue.#valuesOf(old));
  }

  static #valuesOf(request: Request): Values {
    let values = RequestValue.#known.get(request);
    if (values === undefined) RequestValue.#known.set(request, (values = new Map()));
    return values;
  }
}

/** Tells who is at the other end of the connection, if the adapter told. */
export function peerOf(request: Request): string | undefined {
  const peer: unknown = (request as { readonly [peerSymbol]?: unknown })[peerSymbol];
  return typeof peer === "string" ? peer : undefined;
}

/** Makes a request that takes the place of another, of which all that is known stays known. */
export function replaceRequest(old: Request, url: string | URL, init: RequestInit): Request {
  const keepsBody = init.body === undefined && init.method === undefined && old.body !== null;
  const request = new Request(url, {
    method: old.method,
    headers: old.headers,
    signal: old.signal,
    ...(keepsBody ? { body: old.body, duplex: "half" } : {}),
    ...init,
  });
  const peer = peerOf(old);
  if (peer !== undefined) Object.defineProperty(request, peerSymbol, { value: peer });
  RequestValue.share(old, request);
  return request;
}
