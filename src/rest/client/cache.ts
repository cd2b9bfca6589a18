import type { ClientCacheOptions } from "./options.js";

/** An answer that is kept. */
export interface CachedAnswer {
  readonly url: string;
  readonly etag: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  /** What the request has to be like. */
  readonly variant: string;
}

/** What an answer depends on, whether or not it says so: nobody gets what was meant for another. */
const always = ["accept", "authorization", "cookie"];
/** Of a 304 these do not speak of the body that is kept. */
const ofBody = new Set(["content-length", "content-encoding", "content-type", "content-range", "transfer-encoding"]);

/** Keeps the last answers that have an entity tag, one for each URL; those that were used longest ago go first. */
export class AnswerCache {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #answers = new Map<string, CachedAnswer>();
  #bytes = 0;

  constructor({ maxEntries = 100, maxBytes = 8_388_608 }: ClientCacheOptions = {}) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  /** Finds what was answered to a request like this one. */
  find(url: string, headers: Headers): CachedAnswer | undefined {
    const answer = this.#answers.get(url);
    if (answer === undefined || answer.variant !== variantOf(headers, answer.headers)) return undefined;
    this.#answers.delete(url);
    this.#answers.set(url, answer);
    return answer;
  }

  /** Keeps an answer, if it may be kept. */
  store(url: string, sent: Headers, status: number, headers: Headers, body: Uint8Array<ArrayBuffer>): void {
    this.forget(url);
    const etag = headers.get("ETag");
    const isPrivate = /(^|,)\s*no-store\s*(,|$)/i.test(headers.get("Cache-Control") ?? "");
    const isAny = (headers.get("Vary") ?? "").split(",").some((name) => name.trim() === "*");
    if (etag === null || isPrivate || isAny || status !== 200 || body.byteLength > this.#maxBytes) return;
    const variant = variantOf(sent, headers);
    // The caller gets the originals, and may change them.
    this.#answers.set(url, { url, etag, status, headers: new Headers(headers), body: body.slice(), variant });
    this.#bytes += body.byteLength;
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) break;
      this.forget(oldest);
    }
  }

  /** Takes over what a 304 says. */
  refresh(answer: CachedAnswer, headers: Headers): CachedAnswer {
    const merged = new Headers(answer.headers);
    for (const [name, value] of headers) if (!ofBody.has(name)) merged.set(name, value);
    const fresh = { ...answer, headers: merged };
    if (this.#answers.get(answer.url) === answer) this.#answers.set(answer.url, fresh);
    return { ...fresh, headers: new Headers(merged), body: answer.body.slice() };
  }

  /** Drops what is kept of a URL. */
  forget(url: string): void {
    const answer = this.#answers.get(url);
    if (answer === undefined) return;
    this.#answers.delete(url);
    this.#bytes -= answer.body.byteLength;
  }
}

function variantOf(sent: Headers, received: Headers): string {
  const named = (received.get("Vary") ?? "").toLowerCase().split(",");
  const names = [...new Set([...always, ...named.map((name) => name.trim())])].filter((name) => name !== "");
  return JSON.stringify(names.toSorted().map((name) => [name, headerOf(sent, name)]));
}

/** A server may name what is no name of a field. */
function headerOf(headers: Headers, name: string): string | null {
  try {
    return headers.get(name);
  } catch {
    return null;
  }
}
