import { evaluate, holdsIfRange, isConditional, isSafe } from "./conditional.js";
import { formatETag, tagOfVariant } from "./etag.js";
import type { Exchange } from "./exchange.js";
import { hash } from "./hash.js";
import { formatHttpDate, parseHttpDate } from "./http-date.js";
import { chain, type Maybe } from "./maybe.js";
import { discard, fromResponse, Outcome, type OutcomeBody } from "./outcome.js";
import { Problem } from "./problem.js";
import { contentRange, multipart, parseRange } from "./range.js";
import { Reply } from "./reply.js";
import type { Served } from "./served.js";
import type { BodyContent, ReplyOptions, Representation } from "./types.js";

const noOptions: ReplyOptions = {};

/** Makes the answer out of what a handler returned. */
export function answer(returned: unknown, exchange: Exchange): Maybe<Outcome> {
  if (returned instanceof Response) return condition(fromResponse(returned), exchange);
  const isReply = returned instanceof Reply;
  const value = isReply ? returned.value : returned;
  const options = isReply ? returned.options : noOptions;
  const safe = isSafe(exchange.incoming.method);
  if (value === undefined || (value === null && safe)) {
    if (safe && options.status === undefined) throw new Problem(404);
    return withOptions(new Outcome(options.status ?? exchange.verb.status ?? 204), options, exchange, null);
  }
  const outcome = stateOutcome(value, options, exchange);
  return safe ? chain(outcome, (one) => (one.status === 200 ? condition(one, exchange) : one)) : outcome;
}

function stateOutcome(value: unknown, options: ReplyOptions, exchange: Exchange): Maybe<Outcome> {
  const status = options.status ?? exchange.verb.status ?? 200;
  const content = contentOf(value);
  if (content !== null) return contentOutcome(status, content, options, exchange);
  const chosen = choose(exchange);
  return chain(chosen.encode(value, exchange), (body) => {
    const outcome = new Outcome(status, body, ["Content-Type", chosen.contentType ?? chosen.mediaType]);
    if (exchange.served.represent.list.length > 1) outcome.fields.push("Vary", "Accept");
    if (options !== noOptions) withOptions(outcome, options, exchange, chosen);
    return tagged(outcome, exchange, chosen);
  });
}

/** Adds the version, where the reply has none: as the functions of the resource tell it, or hashed from what is sent. */
function tagged(outcome: Outcome, exchange: Exchange, representation: Representation | null): Maybe<Outcome> {
  const { served, incoming } = exchange;
  if (outcome.status !== 200 || !isSafe(incoming.method)) return outcome;
  return served.tellsVersion ? told(outcome, exchange, representation) : hashed(outcome, served, representation);
}

function hashed(outcome: Outcome, served: Served, representation: Representation | null): Outcome {
  const { body } = outcome;
  if (served.hashes && (typeof body === "string" || body instanceof Uint8Array) && outcome.get("etag") === null) {
    outcome.fields.push("ETag", hashTag(body, served, representation));
  }
  return outcome;
}

/** Hashes a representation; what looks alike in two of them has two tags. */
export function hashTag(
  body: string | Uint8Array,
  { represent }: Served,
  representation: Representation | null,
): string {
  const tag = hash(body);
  return representation === null || represent.list.length === 1 ? tag : tagOfVariant(tag, representation.mediaType);
}

async function told(outcome: Outcome, exchange: Exchange, representation: Representation | null): Promise<Outcome> {
  const { served, incoming } = exchange;
  const etag = outcome.get("etag") === null ? await served.etagOf?.(incoming.request, exchange) : null;
  if (etag != null) outcome.set("ETag", tagFor(etag, exchange, representation));
  const time = outcome.get("last-modified") === null ? await served.lastModifiedOf?.(incoming.request, exchange) : null;
  if (time != null) outcome.set("Last-Modified", formatHttpDate(time));
  return hashed(outcome, served, representation);
}

/** Content that is sent as it is, in no representation; `null` for a state. */
export function contentOf(value: unknown): Uint8Array | Blob | ReadableStream<Uint8Array> | null {
  if (typeof value !== "object" || value === null) return null;
  if (value instanceof Uint8Array || value instanceof Blob || value instanceof ReadableStream) return value;
  return value instanceof ArrayBuffer ? new Uint8Array(value) : null;
}

function contentOutcome(
  status: number,
  content: BodyContent | Blob,
  options: ReplyOptions,
  exchange: Exchange,
): Maybe<Outcome> {
  const type = content instanceof Blob && content.type !== "" ? content.type : "application/octet-stream";
  const outcome = new Outcome(status, content, ["Content-Type", type]);
  if (!(content instanceof ReadableStream) && isSafe(exchange.incoming.method)) outcome.set("Accept-Ranges", "bytes");
  withOptions(outcome, options, exchange, null);
  return tagged(outcome, exchange, null);
}

/**
 * Chooses the representation. What has changed something has to be told, in one that was not asked for if need be.
 * @throws {Problem} 406
 */
function choose({ incoming, served: { represent } }: Exchange): Representation {
  const chosen = represent.choose(incoming.header("accept"));
  if (chosen !== null) return chosen;
  if (!isSafe(incoming.method)) return represent.first;
  const { available } = represent;
  const headers = { Vary: "Accept" };
  throw new Problem(406, { detail: `There is ${available.join(", ")}`, extensions: { available }, headers });
}

function withOptions(
  outcome: Outcome,
  { headers, etag, lastModified }: ReplyOptions,
  exchange: Exchange,
  representation: Representation | null,
): Outcome {
  outcome.add(headers);
  if (etag !== undefined) outcome.set("ETag", tagFor(etag, exchange, representation));
  if (lastModified !== undefined) outcome.set("Last-Modified", formatHttpDate(lastModified));
  return outcome;
}

/** Gives the tag of a representation: its own where there are several. */
export function tagFor(etag: string, { served, incoming }: Exchange, representation: Representation | null): string {
  const tag = formatETag(etag);
  const { list, first } = served.represent;
  if (list.length === 1) return tag;
  const { mediaType } = representation ?? served.represent.choose(incoming.header("accept")) ?? first;
  return tagOfVariant(tag, mediaType);
}

/** Evaluates the conditions of a request that only asks, and its Range, against the answer. */
function condition(outcome: Outcome, exchange: Exchange): Outcome {
  const { incoming } = exchange;
  const { status } = outcome;
  if (!isSafe(incoming.method) || status < 200 || status > 299) return outcome;
  const field = (name: string) => incoming.header(name);
  if (isConditional(field)) {
    const tag = outcome.get("etag");
    const lastModified = parseHttpDate(outcome.get("last-modified") ?? "");
    const end = evaluate(incoming.method, field, { exists: true, etags: tag === null ? [] : [tag], lastModified });
    if (end === 304) return notModified(outcome);
    if (end === 412) {
      discard(outcome.body);
      throw new Problem(412);
    }
  }
  const range = incoming.method === "GET" && status === 200 ? field("range") : null;
  return range === null ? outcome : ranged(outcome, range, field);
}

/** Keeps of the answer what a 304 has (RFC 9110 section 15.4.5). */
function notModified(outcome: Outcome): Outcome {
  discard(outcome.body);
  outcome.remove("content-type", "content-length", "content-encoding", "content-language", "content-range");
  outcome.status = 304;
  outcome.body = outcome.origin = null;
  return outcome;
}

function ranged(outcome: Outcome, text: string, field: (name: string) => string | null): Outcome {
  const content = bytesOf(outcome.body);
  const isWhole = outcome.get("content-range") === null && outcome.get("content-encoding") === null;
  const lastModified = parseHttpDate(outcome.get("last-modified") ?? "");
  if (content === null || !isWhole || !holdsIfRange(field, outcome.get("etag"), lastModified)) return outcome;
  const size = content instanceof Blob ? content.size : content.byteLength;
  const ranges = parseRange(text, size);
  if (ranges === null) return outcome;
  if (ranges === "unsatisfiable") {
    throw new Problem(416, { headers: { "Content-Range": contentRange(null, size), "Accept-Ranges": "bytes" } });
  }
  outcome.status = 206;
  const [only] = ranges;
  if (only !== undefined && ranges.length === 1) {
    outcome.set("Content-Range", contentRange(only, size));
    outcome.body =
      content instanceof Blob ? content.slice(only.start, only.end) : content.subarray(only.start, only.end);
    return outcome;
  }
  const whole = content instanceof Blob ? content : new Blob([content as Uint8Array<ArrayBuffer>]);
  const { body, contentType } = multipart(whole, ranges, outcome.get("content-type") ?? "application/octet-stream");
  outcome.body = body;
  outcome.set("Content-Type", contentType);
  return outcome;
}

function bytesOf(body: OutcomeBody | null): Uint8Array | Blob | null {
  if (typeof body === "string") return new TextEncoder().encode(body);
  return body instanceof Uint8Array || body instanceof Blob ? body : null;
}
