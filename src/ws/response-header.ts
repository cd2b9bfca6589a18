import { type ServerResponse, validateHeaderName } from "node:http";
import type { HeaderInit } from "./dial-headers.js";

/** Header fields for an answer: an object, as Node's `OutgoingHttpHeaders`, a `Headers`, a `Map`, or pairs. */
export type ResponseHeader = HeaderInit | Readonly<Record<string, HeaderValue>>;

/** The value of a header field; of several each goes out as a line, `undefined` not at all. */
/** A value, several of which make several lines; undefined for none. */
export type HeaderValue = string | number | readonly string[] | undefined;

/** Header fields of an answer, by their names in lower case, each as it was spelled first, with the values of its lines. */
export type ResponseFields = ReadonlyMap<string, { readonly name: string; readonly values: readonly string[] }>;

/** What of an answer the handshake and the framing of HTTP decide, and nobody else. */
const ownFields: readonly string[] = [
  "connection",
  "upgrade",
  "keep-alive",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
  "content-encoding",
  "content-length",
  "content-type",
  "trailer",
  "transfer-encoding",
];

/**
 * Reads the header that the caller wants in the answer. What would split it, or cannot be sent in it, becomes a space.
 * @throws {TypeError} for a name that is none
 */
export function readResponseHeader(header: ResponseHeader | null | undefined): ResponseFields {
  const fields = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of linesOf(header ?? {})) {
    validateHeaderName(name);
    const field = fields.get(name.toLowerCase());
    if (field === undefined) fields.set(name.toLowerCase(), { name, values: [sendable(value)] });
    else field.values.push(sendable(value));
  }
  return fields;
}

function linesOf(header: ResponseHeader): Iterable<readonly [name: string, value: string]> {
  if (isIterable(header)) return header;
  const fields: Readonly<Record<string, HeaderValue>> = header;
  return Object.entries(fields).flatMap(([name, value]) => linesOfField(name, value));
}

function linesOfField(name: string, value: HeaderValue): (readonly [string, string])[] {
  if (value === undefined) return [];
  return [value].flat().map((each) => [name, String(each)]);
}

function isIterable(header: ResponseHeader): header is Iterable<readonly [string, string]> {
  return Symbol.iterator in header;
}

/** Replaces control characters, which would split the header, and what is no Latin-1. */
export function sendable(value: string): string {
  return value.replace(/[^\x20-\x7e\x80-\xff]/g, " ");
}

/**
 * Sets the header of the answer that agrees: the handshake's own fields, then the caller's, which go before those that
 * middleware has set. Cookies of both are kept.
 */
export function setFields(
  response: ServerResponse,
  own: Readonly<Record<string, string>>,
  fields: ResponseFields,
): void {
  for (const name of response.getHeaderNames()) if (ownFields.includes(name)) response.removeHeader(name);
  for (const [name, value] of Object.entries(own)) response.setHeader(name, value);
  for (const [id, { name, values }] of fields) {
    if (ownFields.includes(id)) continue;
    if (id !== "set-cookie") response.removeHeader(name);
    response.appendHeader(name, values);
  }
}
