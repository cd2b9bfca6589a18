import { collect } from "./collect.js";

/** A request as the core sees it; what costs something is made when it is first asked for. */
export interface Incoming {
  /** The method, as it came. */
  readonly method: string;
  /** The host, in lower case, without a port. */
  readonly host: string;
  /** The path, escaped. */
  readonly path: string;
  /** What stands before the path for the client: where a framework has mounted the handler; else `""`. */
  readonly base: string;
  /** The query with its question mark, or `""`. */
  readonly search: string;
  /** The request itself. */
  readonly request: Request;
  /** The whole URL; each call makes one. */
  url(): URL;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** Gives the value of a field; `name` is in lower case. */
  header(name: string): string | null;
  /** Whether there is a body, though no field says so: a `Request` has no Content-Length. */
  readonly hasBody: boolean;
  /** Reads the body, once; gives `null` if it has more than `limit` bytes. */
  read(limit: number): Promise<Uint8Array | null>;
}

/** A request of the Fetch API. */
export class FetchIncoming implements Incoming {
  readonly base = "";
  readonly request: Request;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly search: string;

  constructor(request: Request) {
    this.request = request;
    this.method = request.method;
    const { url } = request; // serialized by the rules of the WHATWG: it can be cut without being parsed again
    const start = url.indexOf("://") + 3;
    const pathStart = indexOrEnd(url, "/", start);
    const end = indexOrEnd(url, "#", pathStart);
    const query = Math.min(indexOrEnd(url, "?", pathStart), end);
    this.host = hostOf(url.slice(start, pathStart));
    this.path = url.slice(pathStart, query);
    this.search = url.slice(query, end);
  }

  get signal(): AbortSignal {
    return this.request.signal;
  }

  url(): URL {
    return new URL(this.request.url);
  }

  header(name: string): string | null {
    return this.request.headers.get(name);
  }

  get hasBody(): boolean {
    return this.request.body !== null;
  }

  async read(limit: number): Promise<Uint8Array | null> {
    return collect(this.request.body, limit);
  }
}

function indexOrEnd(text: string, mark: string, from: number): number {
  const i = text.indexOf(mark, from);
  return i < 0 ? text.length : i;
}

/** Takes the port off, and what stands before an `@`. */
export function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const colon = host.indexOf(":", host.lastIndexOf("]") + 1);
  return (colon < 0 ? host : host.slice(0, colon)).toLowerCase();
}
