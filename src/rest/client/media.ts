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
): Promise<OutgoingBody> {
  if (value === undefined) return none;
  if (value instanceof ReadableStream) return { body: value, contentType, isRepeatable: false };
  if (isRaw(value) || (contentType !== undefined && typeof value === "string")) {
    const type = contentType ?? (ArrayBuffer.isView(value) ? "application/octet-stream" : undefined);
    return { body: value, contentType: type, isRepeatable: true };
  }
  const writer = contentType !== undefined && isJson(contentType) ? json : representation;
  const body = await writer.encode(value, {});
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

/** What an answer's Content-Type says. */
export interface MediaType {
  /** The type without parameters, in lower case; empty where it is not told. */
  readonly type: string;
  /** The charset, in lower case. */
  readonly charset: string | undefined;
}

/** Reads a Content-Type; one that is malformed is none. */
export function mediaTypeOf(headers: Headers): MediaType {
  const [first = "", ...parameters] = (headers.get("Content-Type") ?? "").split(";");
  const charset = parameters.map((each) => /^\s*charset="?([^"]*?)"?\s*$/i.exec(each)?.[1]).find(Boolean);
  return { type: first.trim().toLowerCase(), charset: charset?.toLowerCase() };
}

/** Finds who can read a type. */
function readerOf(type: string, represent: readonly Representation[]): Representation | undefined {
  return represent.find(
    (each) =>
      each.decode !== undefined && [each.mediaType, ...(each.alsoAccepts ?? [])].some((range) => matches(range, type)),
  );
}

function matches(range: string, type: string): boolean {
  const [before = "", after] = range.toLowerCase().split("*");
  return after === undefined ? before === type : type.startsWith(before) && type.endsWith(after);
}

/** Reads an answer. Text of another type is a string, and what nobody understands stays bytes. */
export function decodeBody(
  bytes: Uint8Array<ArrayBuffer>,
  headers: Headers,
  { represent, maxDepth, status }: { represent: readonly Representation[]; maxDepth: number; status: number },
): unknown {
  if (bytes.byteLength === 0) return undefined;
  const { type, charset } = mediaTypeOf(headers);
  const reader = readerOf(type, represent);
  try {
    if (reader?.decode !== undefined) return reader.decode(bytes, { charset, maxDepth });
    return type.startsWith("text/") ? new TextDecoder(charset).decode(bytes) : bytes;
  } catch (cause) {
    throw new ResponseError(`answer is no ${type}: ${(cause as Error).message}`, status, { cause });
  }
}
