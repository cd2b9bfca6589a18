import { collect } from "./collect.js";
import {
  type DoneRequest,
  type IdempotencyStore,
  MemoryIdempotencyStore,
  type RunningRequest,
} from "./idempotency-store.js";
import { isBodyless } from "./outcome.js";
import { Problem } from "./problem.js";
import { replaceRequest } from "./request-value.js";
import type { Fetch, Middleware } from "./types.js";

/** Options of {@link idempotency}. */
export interface IdempotencyOptions {
  /** Where requests are remembered. @default in memory */
  readonly store?: IdempotencyStore | undefined;
  /** The methods that it is for. @default POST, PATCH */
  readonly methods?: readonly string[] | undefined;
  /** Whether a request must have a key: 400 else. @default false */
  readonly required?: boolean | undefined;
  /** Tells whose key it is: keys of different users are different keys. @default the Authorization and Cookie fields */
  readonly scope?: ((request: Request) => string | Promise<string>) | undefined;
  /** How long a reply is given again. @default 86_400 */
  readonly keepSeconds?: number | undefined;
  /** After how long a request that is under way is taken for lost. @default 300 */
  readonly lockSeconds?: number | undefined;
  /** How many bytes the body of a request may have. @default 1_048_576 */
  readonly maxBodyBytes?: number | undefined;
  /** How many bytes the body of a reply may have to be kept. @default 1_048_576 */
  readonly maxReplyBytes?: number | undefined;
  /** Tells whether a reply is kept. @default all but 408, 425, 429 and 5xx, after which the client may try again */
  readonly keeps?: ((response: Response) => boolean) | undefined;
  /** Hears of failures of the store. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const defaultMaxBytes = 1_048_576;
const passing = new Set([408, 425, 429]);

/**
 * Lets clients repeat a POST or a PATCH without harm: what has the same Idempotency-Key is done once, and its reply is given again, with
 * `Idempotency-Replayed: true`. While the first is under way a second is a 409; one with the same key and another body,
 * method or URL is a 422; a store that fails is a 503, and nothing is done.
 *
 * A reply goes out when it is complete and kept. One that is too large to keep goes out all the same; a request that is repeated after
 * that, or after a reply that broke off, is a 409.
 *
 * @example
 * ```ts
 * import { handler, idempotency, resource } from "toolkit/rest";
 *
 * let payments = 0;
 * const pay = resource("/payments", { POST: () => ({ payment: ++payments }) });
 * const api = handler({ resources: [pay], use: [idempotency()] });
 * const headers = { "Idempotency-Key": '"8e03978e"' };
 * const post = () => api(new Request("http://localhost/payments", { method: "POST", headers }));
 * console.log(await (await post()).text()); // {"payment":1}
 * const again = await post();
 * console.log(await again.text(), again.headers.get("Idempotency-Replayed")); // {"payment":1} true
 * ```
 * @throws {RangeError} for a time that is none
 * @see {@link https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ | The Idempotency-Key HTTP header field}
 */
export function idempotency(options: IdempotencyOptions = {}): Middleware {
  const methods = new Set(options.methods ?? ["POST", "PATCH"]);
  const settings = settingsOf(options);
  return async (request, next) => {
    if (!methods.has(request.method)) return next(request);
    const key = keyOf(request.headers.get("Idempotency-Key"), options.required ?? false);
    return key === null ? next(request) : once(request, key, next, settings);
  };
}

interface Settings {
  readonly store: IdempotencyStore;
  readonly scope: (request: Request) => string | Promise<string>;
  readonly keepMs: number;
  readonly lockMs: number;
  readonly maxBodyBytes: number;
  readonly maxReplyBytes: number;
  readonly keeps: (response: Response) => boolean;
  readonly onError: (error: unknown) => void;
}

function settingsOf(options: IdempotencyOptions): Settings {
  return {
    store: options.store ?? new MemoryIdempotencyStore(),
    scope: options.scope ?? whose,
    keepMs: milliseconds("keepSeconds", options.keepSeconds ?? 86_400),
    lockMs: milliseconds("lockSeconds", options.lockSeconds ?? 300),
    maxBodyBytes: options.maxBodyBytes ?? defaultMaxBytes,
    maxReplyBytes: options.maxReplyBytes ?? defaultMaxBytes,
    keeps: options.keeps ?? (({ status }) => status < 500 && !passing.has(status)),
    onError: options.onError ?? (() => {}),
  };
}

function milliseconds(name: string, seconds: number): number {
  if (!(seconds > 0 && Number.isFinite(seconds))) throw new RangeError(`${name} is ${seconds}, not a time`);
  return seconds * 1000;
}

function whose({ headers }: Request): string {
  return JSON.stringify([headers.get("Authorization"), headers.get("Cookie")]);
}

/** The field is a string of structured fields; without its quotes it is taken too, as many send it so. */
function keyOf(field: string | null, required: boolean): string | null {
  if (field === null && !required) return null;
  const [, quoted, bare] =
    /^(?:"((?:[ !#-[\]-~]|\\["\\]){1,255})"|([!#-+\--~]{1,255}))$/.exec(field?.trim() ?? "") ?? [];
  const key = quoted?.replace(/\\(.)/g, "$1") ?? bare;
  if (key !== undefined) return key;
  throw new Problem(400, {
    title: field === null ? "Idempotency-Key is missing" : "Idempotency-Key is malformed",
    detail:
      'Idempotency-Key has to be a string of 1 to 255 characters in quotes, unique to this request, as "8e03978e-40d5"',
  });
}

async function once(request: Request, key: string, next: Fetch, settings: Settings): Promise<Response> {
  const { maxBodyBytes, store, lockMs } = settings;
  const body = await collect(request.body, maxBodyBytes);
  if (body === null) throw new Problem(413, `A body with an Idempotency-Key may have ${maxBodyBytes} bytes`);
  const id = await digest([await settings.scope(request), key]);
  const { pathname, search } = new URL(request.url);
  const fingerprint = await digest(
    [request.method, pathname + search, request.headers.get("Content-Type") ?? ""],
    body,
  );
  const known = await guarded(() => store.begin(id, fingerprint, lockMs), settings);
  if (known.state !== "new") return repeated(known, fingerprint);
  const fresh = request.body === null ? request : replaceRequest(request, request.url, { body });
  return run(fresh, next, { id, token: known.token }, settings);
}

/** Without a store nobody knows whether it was done before. */
async function guarded<T>(ask: () => T | Promise<T>, { onError }: Settings): Promise<T> {
  try {
    return await ask();
  } catch (err) {
    onError(err);
    throw new Problem(503, {
      detail: "Cannot tell whether this was done before",
      headers: { "Retry-After": "1" },
      cause: err,
    });
  }
}

function repeated(known: RunningRequest | DoneRequest, fingerprint: string): Response {
  if (known.fingerprint !== fingerprint) {
    throw new Problem(422, {
      title: "Idempotency-Key is already used",
      detail: "This key was used for another request: each request needs one of its own",
    });
  }
  if (known.state === "running") {
    throw new Problem(409, {
      title: "A request is outstanding for this Idempotency-Key",
      detail: "The first request with this key is under way: try again later",
      headers: { "Retry-After": "1" },
    });
  }
  const { status, headers, body } = known.reply;
  if (body === null) throw new Problem(409, "This request was done before; its reply could not be kept");
  const again = new Headers();
  for (const [name, value] of headers) again.append(name, value); // Set-Cookie may come more than once
  again.set("Idempotency-Replayed", "true");
  return new Response(isBodyless(status) ? null : (body as Uint8Array<ArrayBuffer>), { status, headers: again });
}

interface Held {
  readonly id: string;
  readonly token: string;
}

async function run(request: Request, next: Fetch, held: Held, settings: Settings): Promise<Response> {
  let response: Response;
  let isKept: boolean;
  try {
    response = await next(request);
    isKept = settings.keeps(response);
  } catch (err) {
    await letGo(held, settings);
    throw err;
  }
  if (isKept) return keep(response, held, settings);
  await letGo(held, settings);
  return response;
}

/**
 * What is done is done: neither a body that breaks off nor a store that fails now must make it look undone. The lock keeps others off
 * for a while.
 */
async function keep(response: Response, { id, token }: Held, settings: Settings): Promise<Response> {
  const { status, statusText } = response;
  const headers = [...response.headers];
  const [kept, sent] = response.body === null ? [null, null] : response.body.tee();
  let failure: { readonly reason: unknown } | null = null;
  const body = await collect(kept, settings.maxReplyBytes).catch((reason: unknown) => {
    failure = { reason };
    return null;
  });
  try {
    await settings.store.finish(id, token, { status, headers, body }, settings.keepMs);
  } catch (err) {
    settings.onError(err);
  }
  if (failure !== null) throw (failure as { readonly reason: unknown }).reason;
  return new Response(sent, { status, statusText, headers });
}

/** A failure here is no reason to hide the answer: the lock runs out by itself. */
async function letGo({ id, token }: Held, { store, onError }: Settings): Promise<void> {
  try {
    await store.release(id, token);
  } catch (err) {
    onError(err);
  }
}

async function digest(words: readonly string[], body: Uint8Array = new Uint8Array()): Promise<string> {
  const head = new TextEncoder().encode(JSON.stringify(words));
  const all = new Uint8Array(head.byteLength + body.byteLength);
  all.set(head);
  all.set(body, head.byteLength);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
