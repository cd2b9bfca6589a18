import { validateHeaderName, validateHeaderValue } from "node:http";

/** Header fields: an object, a `Headers`, a `Map`, or pairs; those of the same name go as a line each. */
export type HeaderInit =
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | readonly string[]>>;

/** Header fields by their names in lower case, each as it was spelled first, with the values of all its lines. */
export type Fields = Map<string, { readonly name: string; readonly values: string[] }>;

/** The header fields that are ours to set. */
const ownHeaders: readonly string[] = [
  "upgrade",
  "connection",
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-extensions",
];

/**
 * Reads the caller's header fields.
 * @throws {TypeError} for a field that is ours to set, or that cannot be sent
 */
export function readHeader(header: HeaderInit, subprotocols: readonly string[]): Fields {
  const fields: Fields = new Map();
  for (const [name, value] of pairsOf(header)) {
    const id = name.toLowerCase();
    if (ownHeaders.includes(id) || (id === "sec-websocket-protocol" && subprotocols.length > 0)) {
      throw new TypeError(`websocket: duplicate header not allowed: ${name}`);
    }
    addField(fields, name, value);
  }
  if (subprotocols.length > 0) addField(fields, "Sec-WebSocket-Protocol", subprotocols.join(", "));
  return fields;
}

function* pairsOf(header: HeaderInit): Iterable<readonly [string, string]> {
  if (isIterable(header)) yield* header;
  else
    for (const [name, value] of Object.entries(header)) {
      for (const each of typeof value === "string" ? [value] : value) yield [name, each];
    }
}

function isIterable(header: HeaderInit): header is Iterable<readonly [string, string]> {
  return Symbol.iterator in header;
}

function addField(fields: Fields, name: string, value: string): void {
  validateHeaderName(name);
  validateHeaderValue(name, value);
  const field = fields.get(name.toLowerCase());
  if (field === undefined) fields.set(name.toLowerCase(), { name, values: [value] });
  else field.values.push(value);
}

/** What of a handshake's header is ours. */
export interface OwnFields {
  /** The host of the URL, which the caller's own `Host` overrides. */
  readonly authority: string;
  readonly key: string;
  /** The extensions on offer; empty for none. */
  readonly extensions: string;
  /** What a cookie jar has for the server; empty for nothing. The caller's own `Cookie` goes before it. */
  readonly cookies: string;
}

/** Puts the header of a handshake together, in the spelling of the RFC: there are servers that want it. */
export function printHeader(fields: Fields, own: OwnFields): Record<string, string | string[]> {
  const { host, cookie, ...others } = Object.fromEntries(fields);
  const cookies = [...(cookie?.values ?? []), own.cookies].filter((each) => each !== "");
  return {
    Host: host?.values[0] ?? own.authority,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": own.key,
    "Sec-WebSocket-Version": "13",
    ...(own.extensions !== "" && { "Sec-WebSocket-Extensions": own.extensions }),
    ...Object.fromEntries(Object.values(others).map(({ name, values }) => [name, values])),
    ...(cookies.length > 0 && { Cookie: cookies.join("; ") }),
  };
}

/** Lists the subprotocols that a header offers. */
export function offeredIn(fields: Fields): string[] {
  const lines = fields.get("sec-websocket-protocol")?.values ?? [];
  return lines.flatMap((line) => line.split(",")).map((item) => item.trim());
}
