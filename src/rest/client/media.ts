import type { AnySchema } from "../../gob/any-schema.js";
import { goJSONOf } from "../go-json.js";
import { isAmong, type MediaType, readMediaType } from "../media-type.js";
import { json } from "../represent/json.js";
import type { Representation } from "../types.js";
import { ResponseError } from "./errors.js";

/** A body that is ready to be sent, as often as need be. */
export interface OutgoingBody {
  /** What is sent; `null` for nothing. */
  readonly body: BodyInit | null;
  /** Its type, where `fetch` does not know it. */
  readonly contentType: string | undefined;
  /** Whether it can be sent again. */
  readonly isRepeatable: boolean;
}

const none: OutgoingBody = { body: null, contentType: undefined, isRepeatable: true };

/** Says what is understood, the first best. */
export function acceptOf(represent: readonly Representation[]): string {
  return represent.map(({ mediaType }, i) => (i === 0 ? mediaType : `${mediaType};q=${quality(i)}`)).join(", ");
}

function quality(i: number): number {
  return Math.max(1, 10 - i) / 10;
}

/** Writes a value for the wire. Forms, blobs and streams go out as they are, bytes too. */
export async function encodeBody(
  value: unknown,
  contentType: string | undefined,
  representation: Representation,
  schema?: AnySchema,
): Promise<OutgoingBody> {
  if (value === undefined) return none;
  if (value instanceof ReadableStream) return { body: value, contentType, isRepeatable: false };
  const isWritten = goJSONOf(schema) !== null; // bytes are a value then
  if (!isWritten && (isRaw(value) || (contentType !== undefined && typeof value === "string"))) {
    const type = contentType ?? (ArrayBuffer.isView(value) ? "application/octet-stream" : undefined);
    return { body: value, contentType: type, isRepeatable: true };
  }
  const writer = contentType !== undefined && isJson(contentType) ? json : representation;
  const body = await writer.encode(value, { schema });
  const type = contentType ?? writer.contentType ?? writer.mediaType;
  return { body: body as BodyInit, contentType: type, isRepeatable: !(body instanceof ReadableStream) };
}

function isRaw(value: unknown): value is Uint8Array<ArrayBuffer> | Blob | FormData | URLSearchParams {
  return (
    value instanceof Uint8Array ||
    value instanceof Blob ||
    value instanceof FormData ||
    value instanceof URLSearchParams
  );
}

function isJson(contentType: string): boolean {
  return /^application\/([^;]*\+)?json\s*(;|$)/i.test(contentType);
}

/** Reads the Content-Type of an answer. */
export function mediaTypeOf(headers: Headers): MediaType {
  return readMediaType(headers.get("Content-Type") ?? "");
}

/** How an answer is read. */
export interface DecodeOptions {
  readonly represent: readonly Representation[];
  readonly maxDepth: number;
  readonly status: number;
  /** Whether integers that no number holds are bigints. */
  readonly isExact?: boolean;
}

/** Finds who can read a type. */
function readerOf(type: string, represent: readonly Representation[]): Representation | undefined {
  return represent.find(
    (each) => each.decode !== undefined && isAmong(type, [each.mediaType, ...(each.alsoAccepts ?? [])]),
  );
}

/** Tells whether what an answer says may be text throughout. */
export function isTextual(headers: Headers, represent: readonly Representation[]): boolean {
  return readerOf(mediaTypeOf(headers).type, represent)?.isText === true;
}

/** Reads an answer. Text of another type is a string, and what nobody understands stays bytes. */
export function decodeBody(
  bytes: Uint8Array<ArrayBuffer>,
  headers: Headers,
  { represent, maxDepth, status, isExact }: DecodeOptions,
): unknown {
  if (bytes.byteLength === 0) return undefined;
  const { type, charset } = mediaTypeOf(headers);
  const reader = readerOf(type, represent);
  try {
    if (reader?.decode !== undefined) return reader.decode(bytes, { charset, maxDepth, isExact });
    return type.startsWith("text/") ? new TextDecoder(charset).decode(bytes) : bytes;
  } catch (cause) {
    throw new ResponseError(`answer is no ${type}: ${(cause as Error).message}`, status, { cause });
  }
}
