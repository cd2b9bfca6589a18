import { contentOf, hashTag, tagFor } from "./answer.js";
import { evaluate, isConditional, isGuarded, isSafe, type Version } from "./conditional.js";
import type { Exchange } from "./exchange.js";
import { hash } from "./hash.js";
import { formatHttpDate, parseHttpDate } from "./http-date.js";
import type { Maybe } from "./maybe.js";
import { Outcome } from "./outcome.js";
import { Problem } from "./problem.js";
import { asProblem } from "./problem-outcome.js";
import { Reply } from "./reply.js";
import { replaceRequest } from "./request-value.js";

const guarded: ReadonlySet<string> = new Set(["PUT", "PATCH", "DELETE"]);
const nothing: Version = { exists: false, etags: [] };

/**
 * Evaluates the conditions of a request before its handler runs, as far as that can be done: those that would change
 * something always, those that ask where functions tell the version. Gives an answer that ends the request, or `null`.
 * @throws {Problem} 412, 428
 */
export function precondition(exchange: Exchange): Maybe<Outcome | null> {
  const { incoming, served } = exchange;
  const field = (name: string) => incoming.header(name);
  if (incoming.method === "OPTIONS") return null; // it is about no state (RFC 9110 section 13.2.1)
  const safe = isSafe(incoming.method);
  if (served.requirePrecondition && guarded.has(incoming.method) && !isGuarded(field)) {
    throw new Problem(428, "Say in If-Match which version this is for, or in If-None-Match: * that there is none");
  }
  if ((safe && !served.tellsVersion) || !isConditional(field)) return null;
  return decide(exchange);
}

async function decide(exchange: Exchange): Promise<Outcome | null> {
  const { incoming, served } = exchange;
  const safe = isSafe(incoming.method);
  const field = (name: string) => incoming.header(name);
  const version = await (served.tellsVersion ? toldVersion(exchange) : foundVersion(exchange));
  if (safe && !version.exists) return null; // the handler says what that is
  const end = evaluate(incoming.method, field, version);
  if (end === 412) throw new Problem(412);
  return end === null ? null : unchanged(version, exchange);
}

/** What the functions of the resource say. */
async function toldVersion(exchange: Exchange): Promise<Version> {
  const { served, incoming } = exchange;
  const etag = await served.etagOf?.(incoming.request, exchange);
  const lastModified = await served.lastModifiedOf?.(incoming.request, exchange);
  const etags = etag == null ? [] : tagsFor(etag, exchange);
  if (etag == null && lastModified == null) return served.etagOf === undefined ? foundVersion(exchange) : nothing;
  if (served.etagOf !== undefined || incoming.header("if-match") === null) return { exists: true, etags, lastModified };
  return { ...(await foundVersion(exchange)), lastModified };
}

/** One tag for each representation, the one that Accept chooses first. */
function tagsFor(etag: string, exchange: Exchange): string[] {
  const chosen = tagFor(etag, exchange, null);
  if (isSafe(exchange.incoming.method)) return [chosen];
  return [chosen, ...exchange.served.represent.list.map((one) => tagFor(etag, exchange, one))];
}

/** What GET gives is the current state. */
async function foundVersion(exchange: Exchange): Promise<Version> {
  const get = exchange.served.verbs.get("GET");
  if (get === undefined) return nothing;
  try {
    const asked = exchange.as(get);
    return await versionOf(await get.handle(asGet(exchange.incoming.request), asked), asked);
  } catch (error) {
    const status = asProblem(error)?.status;
    if (status === 404 || status === 410) return nothing;
    throw error;
  }
}

/** What a GET would not have: it is to give the current state, without a condition, and has no body. */
const notOfGet = [
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
  "range",
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "expect",
];

function asGet(request: Request): Request {
  const headers = new Headers(request.headers);
  for (const name of notOfGet) headers.delete(name);
  return replaceRequest(request, request.url, { method: "GET", headers });
}

async function versionOf(returned: unknown, exchange: Exchange): Promise<Version> {
  if (returned instanceof Response) return versionOfResponse(returned);
  const { value, options } = returned instanceof Reply ? returned : new Reply(returned);
  if (value == null) return nothing;
  const { etag, lastModified } = options;
  const told = etag ?? new Headers(options.headers).get("etag");
  if (told !== null) return { exists: true, etags: tagsFor(told, exchange), lastModified };
  return { exists: true, etags: exchange.served.hashes ? await hashesOf(value, exchange) : [], lastModified };
}

function versionOfResponse({ ok, headers, body }: Response): Version {
  body?.cancel().catch(() => {});
  const etag = headers.get("etag");
  const lastModified = parseHttpDate(headers.get("last-modified") ?? "");
  return ok ? { exists: true, etags: etag === null ? [] : [etag], lastModified } : nothing;
}

/** Hashes each representation: any of them may be what the client has seen. */
async function hashesOf(value: unknown, exchange: Exchange): Promise<string[]> {
  const content = contentOf(value);
  if (content !== null) return content instanceof Uint8Array ? [hash(content)] : [];
  const tags = exchange.served.represent.list.map(async (one) => {
    const body = await one.encode(value, exchange);
    return body instanceof ReadableStream ? [] : [hashTag(body, exchange.served, one)];
  });
  return (await Promise.all(tags)).flat();
}

function unchanged({ etags: [etag], lastModified }: Version, exchange: Exchange): Outcome {
  const outcome = new Outcome(304);
  if (etag !== undefined) outcome.set("ETag", etag);
  if (lastModified != null) outcome.set("Last-Modified", formatHttpDate(lastModified));
  if (exchange.served.represent.list.length > 1) outcome.set("Vary", "Accept");
  return outcome;
}
