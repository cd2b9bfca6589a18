import { collect } from "./collect.js";
import type { Incoming } from "./incoming.js";
import { isAmong, type MediaType, readMediaType } from "./media-type.js";
import { Problem } from "./problem.js";
import { CharsetError } from "./represent/charset.js";
import type { Representations } from "./representations.js";
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

/** A body that has arrived, and what it is. */
export interface ReceivedBody {
  readonly mediaType: string;
  /** Whether what it says may be text throughout. */
  readonly isText: boolean;
  /** Decodes it, with integers that no number holds as bigints if `isExact`; `undefined` where there is none. */
  read(isExact: boolean): unknown;
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
 * Receives the body of a request, which is decoded by its Content-Type; so may reading it throw.
 * @throws {Problem} 400, 413, 415
 */
export async function receiveBody(
  incoming: Incoming,
  represent: Representations,
  accepted: Accepted,
  limits: BodyLimits,
): Promise<ReceivedBody> {
  const field = incoming.header("content-type");
  if (field === null && !hasBody(incoming)) return { mediaType: "", isText: false, read: () => undefined };
  const { type: mediaType, charset } = requireAccepted(incoming, accepted);
  const decoder = represent.decoderOf(mediaType);
  if (decoder?.decode === undefined) throw unsupported(accepted, `There is no reader for ${mediaType}`);
  const bytes = await readBody(incoming, limits.maxBodyBytes);
  const decoded = new Map<boolean, unknown>();
  const read = (isExact: boolean) => {
    const context = { charset, maxDepth: limits.maxDepth, isExact };
    if (!decoded.has(isExact))
      decoded.set(
        isExact,
        decode((each) => decoder.decode?.(bytes, each), context, accepted),
      );
    return decoded.get(isExact);
  };
  return { mediaType, isText: decoder.isText === true, read };
}

/**
 * Checks the media type of a body, and gives it.
 * @throws {Problem} 415
 */
export function requireAccepted(incoming: Incoming, accepted: Accepted): MediaType {
  const field = incoming.header("content-type");
  if (field === null)
    throw unsupported(accepted, `The body has no Content-Type: ${accepted.types.join(", ")} is accepted`);
  const media = readMediaType(field);
  if (!isAmong(media.type, accepted.types))
    throw unsupported(accepted, `${media.type || "This"} is not accepted: ${accepted.types.join(", ")} is`);
  return media;
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
  if (bytes === null) throw tooLarge(limit);
  return bytes;
}

function tooLarge(limit: number): Problem {
  return new Problem(413, { detail: `A body may have ${limit} bytes`, extensions: { limit } });
}

async function inflate(incoming: Incoming, format: CompressionFormat, limit: number): Promise<Uint8Array | null> {
  const inflated = incoming.request.body?.pipeThrough(new DecompressionStream(format)) ?? null;
  try {
    return await collect(inflated, limit);
  } catch (cause) {
    throw new Problem(400, { detail: "The content coding of the body is broken", cause });
  }
}
