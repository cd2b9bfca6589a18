import { ResponseError } from "./errors.js";
import type { OutgoingBody } from "./media.js";

/** A request as it is to go out: as often as it takes. */
export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: OutgoingBody;
}

/** An answer, and what was asked for in the end. */
export interface Arrival {
  readonly response: Response;
  readonly url: string;
}

/** Makes a request. Its redirects are not followed by whoever sends it: they would get all of the header. */
export function requestOf({ method, url, headers, body: { body } }: Outgoing, signal: AbortSignal): Request {
  const init: RequestInit = { method, headers, signal, body, redirect: "manual" };
  return new Request(url, body instanceof ReadableStream ? ({ ...init, duplex: "half" } as RequestInit) : init);
}

const maxRedirects = 20;
const nothing: OutgoingBody = { body: null, contentType: undefined, isRepeatable: true };

/**
 * Sends a request, and follows where it is led. Another origin gets nothing of the header but Accept, and no body: what is meant for
 * this one is no business of another.
 * @throws {ResponseError} where it is not followed
 */
export async function follow(
  request: Request,
  outgoing: Outgoing,
  fetch: (request: Request) => Promise<Response>,
): Promise<Arrival> {
  let [asked, now] = [outgoing, request];
  for (let left = maxRedirects; ; left--) {
    const response = await fetch(now);
    if (response.type === "opaqueredirect") return byBrowser(asked, now, fetch);
    const next = redirected(asked, response);
    if (next === null) return { response, url: response.url || asked.url.href };
    await response.body?.cancel().catch(() => {});
    if (left === 0) throw new ResponseError(`answer leads on and on: ${next.url.href}`, response.status);
    [asked, now] = [next, requestOf(next, request.signal)];
  }
}

/** Browsers do not tell where an answer leads; they follow by themselves, under the rules of CORS. */
async function byBrowser(
  asked: Outgoing,
  { signal }: Request,
  fetch: (request: Request) => Promise<Response>,
): Promise<Arrival> {
  if (!isRead(asked.method)) throw new ResponseError(`answer to ${asked.method} leads elsewhere`, 0);
  const response = await fetch(new Request(requestOf(asked, signal), { redirect: "follow" }));
  return { response, url: response.url || asked.url.href };
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** Gives the request that an answer leads to; `null` where it leads nowhere (RFC 9110 section 15.4). */
function redirected(asked: Outgoing, { status, headers }: Response): Outgoing | null {
  const location = headers.get("Location");
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return null;
  const url = targetOf(location, asked.url, status);
  const next = becomesGet(asked.method, status) ? asGet(asked, url) : { ...asked, url };
  if (url.origin !== asked.url.origin) return elsewhere(next, status);
  if (next.body.isRepeatable) return next;
  throw new ResponseError(`answer leads to ${url.href}, and the body cannot be sent again`, status);
}

function targetOf(location: string, base: URL, status: number): URL {
  const url = URL.canParse(location, base) ? new URL(location, base) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw new ResponseError(`answer leads to ${location}`, status);
  if (url.hash === "") url.hash = base.hash;
  return url;
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

function asGet({ headers: old }: Outgoing, url: URL): Outgoing {
  const headers = new Headers(old);
  for (const name of ["Content-Type", "Idempotency-Key", "If-Match"]) headers.delete(name);
  return { method: "GET", url, headers, body: nothing };
}

function elsewhere({ method, url, headers: old }: Outgoing, status: number): Outgoing {
  if (!isRead(method)) throw new ResponseError(`answer to ${method} leads elsewhere: ${url.href}`, status);
  return { method, url, headers: new Headers({ Accept: old.get("Accept") ?? "*/*" }), body: nothing };
}
