import type { AnySchema } from "../../gob/any-schema.js";
import { checkDecoded, goJSONOf } from "../go-json.js";
import { parseHttpDate } from "../http-date.js";
import { parseLinks } from "../pagination-link.js";
import { Problem } from "../problem.js";
import type { Representation } from "../types.js";
import { ResponseError } from "./errors.js";
import { decodeBody, isTextual, mediaTypeOf } from "./media.js";
import type { ClientReply } from "./options.js";

/** An answer that has arrived. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly url: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly isCached: boolean;
}

/** How answers are read. */
export interface Reading {
  readonly represent: readonly Representation[];
  readonly maxDepth: number;
}

/** More of a text is not for a message. */
const maxDetailLength = 1000;

/** Reads what an error says, as far as it can be read. */
export function problemOf({ status, headers, body }: Answer, reading: Reading): Problem {
  const { type } = mediaTypeOf(headers);
  try {
    const document = decodeBody(body, headers, { ...reading, status });
    if (typeof document === "object" && !ArrayBuffer.isView(document)) return Problem.from(document, status, headers);
    const isText = type === "text/plain" && typeof document === "string";
    const detail = isText ? document.trim().slice(0, maxDetailLength) : "";
    return new Problem(status, detail === "" ? { headers } : { detail, headers });
  } catch {
    return new Problem(status, { headers }); // the status says enough
  }
}

/** Makes the reply of an answer. */
export async function replyOf<T>(answer: Answer, reading: Reading, schema?: AnySchema<T>): Promise<ClientReply<T>> {
  const { status, headers, url, isCached } = answer;
  const decoded = decodeBody(answer.body, headers, { ...reading, status, isExact: goJSONOf(schema) !== null });
  const value = await valid(decoded, status, isTextual(headers, reading.represent), schema);
  const location = headers.get("Location");
  const modified = parseHttpDate(headers.get("Last-Modified") ?? "");
  return {
    value,
    status,
    headers,
    url,
    etag: headers.get("ETag") ?? undefined,
    lastModified: modified === null ? undefined : new Date(modified),
    location: location !== null && URL.canParse(location, url) ? new URL(location, url).href : undefined,
    links: parseLinks(headers.get("Link")),
    isCached,
  };
}

async function valid<T>(value: unknown, status: number, isText: boolean, schema?: AnySchema<T>): Promise<T> {
  if (schema === undefined) return value as T;
  const result = await checkDecoded(schema, value, isText);
  if (result.issues === undefined) return result.value;
  const [first] = result.issues;
  const at = (first?.path ?? []).map((step) => String(typeof step === "object" ? step.key : step)).join(".");
  const where = at === "" ? "" : `${at}: `;
  throw new ResponseError(`answer is not valid: ${where}${first?.message ?? ""}`, status, { issues: result.issues });
}
