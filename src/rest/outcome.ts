import type { BodyContent } from "./types.js";

/** What goes out as a body. */
export type OutcomeBody = BodyContent | Blob;

/** They say how one connection carries a body: whoever sends it decides that. */
const framing: ReadonlySet<string> = new Set(["transfer-encoding", "keep-alive"]);

/**
 * An answer before it is a `Response`, or bytes of HTTP/1.1: a server that does not need a `Response` makes none.
 * The body of a string goes out as UTF-8.
 */
export class Outcome {
  status: number;
  body: OutcomeBody | null;
  /** Names and values in turn, as Node takes them. */
  readonly fields: string[];
  /** The `Response` that this is, as long as nothing has changed. */
  origin: Response | null = null;

  constructor(status: number, body: OutcomeBody | null = null, fields: string[] = []) {
    this.status = status;
    this.body = body;
    this.fields = fields;
  }

  /** Gives the value of a field, the first if there are more. */
  get(name: string): string | null {
    const i = this.#indexOf(name.toLowerCase());
    return i < 0 ? null : (this.fields[i + 1] ?? null);
  }

  /** Sets a field that stands once. */
  set(name: string, value: string): void {
    const i = this.#indexOf(name.toLowerCase());
    if (i < 0) this.fields.push(name, value);
    else this.fields[i + 1] = value;
  }

  /** Takes fields away. */
  remove(...names: string[]): void {
    for (const name of names) {
      for (let i; (i = this.#indexOf(name.toLowerCase())) >= 0; ) this.fields.splice(i, 2);
    }
  }

  /** Adds the fields of `headers`; those that are there give way, but for Set-Cookie and Vary. */
  add(headers: HeadersInit | undefined): void {
    if (headers === undefined) return;
    for (const [name, value] of headers instanceof Headers ? headers : new Headers(headers)) {
      if (framing.has(name)) continue;
      if (name === "set-cookie") this.fields.push(name, value);
      else if (name === "vary") this.vary(value);
      else this.set(name, value);
    }
  }

  /** Says on which field of the request the answer depends. */
  vary(name: string): void {
    const there = this.get("vary");
    if (there === null) this.fields.push("Vary", name);
    else if (
      !there
        .toLowerCase()
        .split(/\s*,\s*/)
        .includes(name.toLowerCase())
    )
      this.set("Vary", `${there}, ${name}`);
  }

  #indexOf(lower: string): number {
    for (let i = 0; i < this.fields.length; i += 2) {
      const name = this.fields[i];
      if (name !== undefined && name.length === lower.length && name.toLowerCase() === lower) return i;
    }
    return -1;
  }
}

/** Statuses that have no body (RFC 9110 section 6.4.1). */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 205 || status === 304 || status < 200;
}

/**
 * Makes a `Response`.
 * @throws {TypeError} a field has a value that none may have
 */
export function toResponse({ status, body, fields, origin }: Outcome): Response {
  if (origin !== null) return origin;
  const headers = new Headers();
  for (let i = 0; i + 1 < fields.length; i += 2) headers.append(fields[i] ?? "", fields[i + 1] ?? "");
  return new Response(isBodyless(status) ? null : (body as BodyInit | null), { status, headers });
}

/**
 * Takes a `Response` apart; its body is left where it is, and not begun.
 * @throws {TypeError} somebody has begun to read its body
 */
export function fromResponse(response: Response): Outcome {
  const { body } = response;
  if (response.bodyUsed || body?.locked === true)
    throw new TypeError("The body of a Response was read before it is sent");
  const outcome = new Outcome(response.status, body);
  for (const [name, value] of response.headers) if (!framing.has(name)) outcome.fields.push(name, value);
  outcome.origin = response;
  return outcome;
}

/** Lets go of a body that nobody will read. */
export function discard(body: OutcomeBody | null): void {
  if (body instanceof ReadableStream && !body.locked) body.cancel().catch(() => {});
}
