import { parse } from "content-type";
import { collect } from "./collect.js";
import type { Incoming } from "./incoming.js";
import { Problem } from "./problem.js";
import { CharsetError } from "./represent/charset.js";
import { isAmong, type Representations } from "./representations.js";
import type { DecodeContext } from "./types.js";

/** What bodies may be. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly maxDepth: number;
}

/** What bodies a verb takes. */
export interface Accepted {
  /** The method; it says under which name the answer tells what is accepted. */
  readonly method: string;
  /** The media types, as they are told. */
  readonly types: readonly string[];
}

/** A body that was decoded, and what it was. */
export interface DecodedBody {
  readonly mediaType: string;
  readonly value: unknown;
}

const encodings = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
] as const satisfies readonly (readonly [string, CompressionFormat])[]);

/** Tells whether a request has a body, as far as its header says (RFC 9112 section 6.3). */
export function hasBody(incoming: Incoming): boolean {
  const length = incoming.header("content-length");
  return length === null ? incoming.header("transfer-encoding") !== null || incoming.hasBody : length !== "0";
}

/**
 * Reads the body of a request and decodes it by its Content-Type; `value` is `undefined` where there is none.
 * @throws {Problem} 400, 413, 415
 */
export async function decodeBody(
  incoming: Incoming,
  represent: Representations,
  accepted: Accepted,
  limits: BodyLimits,
): Promise<DecodedBody> {
  const field = incoming.header("content-type");
  if (field === null && !hasBody(incoming)) return { mediaType: "", value: undefined };
  const mediaType = requireAccepted(incoming, accepted);
  const decoder = represent.decoderOf(mediaType);
  if (decoder?.decode === undefined) throw unsupported(accepted, `There is no reader for ${mediaType}`);
  const bytes = await readBody(incoming, limits.maxBodyBytes);
  const charset = parse(field ?? "").parameters["charset"]?.toLowerCase();
  const value = decode((context) => decoder.decode?.(bytes, context), { charset, maxDepth: limits.maxDepth }, accepted);
  return { mediaType, value };
}

/**
 * Checks the media type of a body; gives it, in lower case and without parameters.
 * @throws {Problem} 415
 */
export function requireAccepted(incoming: Incoming, accepted: Accepted): string {
  const field = incoming.header("content-type");
  if (field === null) throw unsupported(accepted, "The body has no Content-Type");
  const mediaType = parse(field, { parameters: false }).type;
  if (!isAmong(mediaType, accepted.types)) throw unsupported(accepted, `Bodies of type ${mediaType} are not accepted`);
  return mediaType;
}

function decode(read: (context: DecodeContext) => unknown, context: DecodeContext, accepted: Accepted): unknown {
  try {
    return read(context);
  } catch (error) {
    if (error instanceof CharsetError) throw unsupported(accepted, error.message);
    if (error instanceof SyntaxError) throw new Problem(400, { detail: error.message, cause: error });
    throw error;
  }
}

/** Says which types are accepted in the fields that clients look at (RFC 9110 section 15.5.16, RFC 5789, LDP, QUERY). */
function unsupported(accepted: Accepted, detail: string): Problem {
  return new Problem(415, { detail, headers: acceptFields(accepted) });
}

/** The fields that say what bodies a method takes. */
export function acceptFields({ method, types }: Accepted): Record<string, string> {
  const list = types.join(", ");
  if (method === "PATCH") return { "Accept-Patch": list };
  if (method === "POST") return { "Accept-Post": list, Accept: list };
  return method === "QUERY" ? { "Accept-Query": list } : { Accept: list };
}

/** Reads the bytes of a body, inflated if they are deflated; more than `limit` are not kept. */
async function readBody(incoming: Incoming, limit: number): Promise<Uint8Array> {
  const coding = incoming.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  const format = encodings.get(coding as "gzip");
  if (format === undefined && coding !== "identity" && coding !== "") {
    const headers = { "Accept-Encoding": "gzip, deflate, identity" };
    throw new Problem(415, { detail: `The content coding ${coding} is not accepted`, headers });
  }
  if (Number(incoming.header("content-length") ?? 0) > limit) throw tooLarge(limit);
  const bytes = format === undefined ? await incoming.read(limit) : await inflate(incoming, format, limit);
  return bytes ?? refuse(limit);
}

function refuse(limit: number): never {
  throw tooLarge(limit);
}

function tooLarge(limit: number): Problem {
  return new Problem(413, { detail: `A body may have ${limit} bytes`, extensions: { limit } });
}

async function inflate(incoming: Incoming, format: CompressionFormat, limit: number): Promise<Uint8Array | null> {
  const { body } = incoming.request;
  if (body === null) return new Uint8Array();
  const inflated = body.pipeThrough(new DecompressionStream(format));
  try {
    return await collect(inflated, limit);
  } catch (cause) {
    throw new Problem(400, { detail: "The content coding of the body is broken", cause });
  }
}
