import { peerOf, RequestValue } from "../request-value.js";

/** Who made a request, and what it asked for, before proxies passed it on. */
export interface Forwarding {
  /** The client's IP address; `undefined` where the adapter does not tell who the peer is. */
  readonly address: string | undefined;
  /** The scheme that the client used. */
  readonly protocol: "http" | "https";
  /** The host that the client asked for, with the port if it is not the scheme's own. */
  readonly host: string;
}

/** Who made a request, as `forwarded` found out. */
export const forwarding: RequestValue<Forwarding> = new RequestValue();

/** Tells who made a request: what `forwarded` found out, or else the peer. */
export function clientAddress(request: Request): string | undefined {
  const client = forwarding.get(request);
  return client === undefined ? peerOf(request) : client.address;
}

/** Tells what a client asked for, and who it is, if {@link forwarded} found out. */
export function forwardingOf(request: Request): Forwarding | undefined {
  return forwarding.get(request);
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
