/** Where a request carries the address of its peer: what `serve` and `toNode` set, and any other adapter may. */
export const peerSymbol: unique symbol = Symbol.for("toolkit.rest.peer") as never;

/** What middleware found out about a request. */
export interface Facts {
  /** Who made the request, as `forwarded` found out. */
  readonly client?: Forwarding | undefined;
  /** The request's id. */
  readonly requestId?: string | undefined;
}

/** Who made a request, and what it asked for, before proxies passed it on. */
export interface Forwarding {
  /** The client's IP address; `undefined` where the adapter does not tell who the peer is. */
  readonly address: string | undefined;
  /** The scheme that the client used. */
  readonly protocol: "http" | "https";
  /** The host that the client asked for, with the port if it is not the scheme's own. */
  readonly host: string;
}

/** By request: they go when it goes. */
const known = new WeakMap<Request, Facts>();

/** Tells what was found out about a request. */
export function factsOf(request: Request): Facts {
  return known.get(request) ?? {};
}

/** Notes what was found out. */
export function addFacts(request: Request, facts: Facts): void {
  known.set(request, { ...known.get(request), ...facts });
}

/** Tells who is at the other end of the connection, if the adapter told. */
export function peerOf(request: Request): string | undefined {
  const peer: unknown = (request as { readonly [peerSymbol]?: unknown })[peerSymbol];
  return typeof peer === "string" ? peer : undefined;
}

/** Makes a request that takes the place of another, of which all that is known stays known. */
export function replaceRequest(old: Request, url: string | URL, init: RequestInit): Request {
  const request = new Request(url, {
    method: old.method,
    headers: old.headers,
    signal: old.signal,
    ...(old.body === null ? {} : { body: old.body, duplex: "half" }),
    ...init,
  });
  const peer = peerOf(old);
  if (peer !== undefined) Object.defineProperty(request, peerSymbol, { value: peer });
  addFacts(request, factsOf(old));
  return request;
}

/** Tells who made a request: what `forwarded` found out, or else the peer. */
export function clientAddress(request: Request): string | undefined {
  const { client } = factsOf(request);
  return client === undefined ? peerOf(request) : client.address;
}

/** Tells what a client asked for, and who it is, if {@link forwarded} found out. */
export function forwardingOf(request: Request): Forwarding | undefined {
  return factsOf(request).client;
}

/** Changes the header of a response; one whose header cannot be changed is copied. */
export function withHeaders(response: Response, change: (headers: Headers) => void): Response {
  try {
    change(response.headers);
    return response;
  } catch (err) {
    if (!(err instanceof TypeError)) throw err;
  }
  const { status, statusText, body } = response;
  const copy = new Response(body, { status, statusText, headers: new Headers(response.headers) });
  change(copy.headers);
  return copy;
}

/** Adds names to Vary, those that it has not yet. */
export function vary(headers: Headers, ...names: readonly string[]): void {
  const listed = (headers.get("Vary") ?? "").toLowerCase().split(/\s*,\s*/);
  if (listed.includes("*")) return;
  for (const name of names) if (!listed.includes(name.toLowerCase())) headers.append("Vary", name);
}
