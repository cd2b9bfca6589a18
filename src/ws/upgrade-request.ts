/** Is anything that carries a request's header: Node's `IncomingMessage`, or a `Request` of the Fetch API. */
export interface RequestLike {
  /** The header fields: a `Headers`, or an object. */
  readonly headers: HeaderLike;
}

/** Header fields: a `Headers`, or an object as Node has it. */
export type HeaderLike = Pick<Headers, "get"> | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Tells whether a client asks for the WebSocket protocol: `Connection` has the token `upgrade`, and `Upgrade` the token
 * `websocket`, in whatever case.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#IsWebSocketUpgrade | gorilla IsWebSocketUpgrade}
 */
export function isWebSocketUpgrade(request: RequestLike): boolean {
  return hasToken(headerOf(request, "connection"), "upgrade") && hasToken(headerOf(request, "upgrade"), "websocket");
}

/**
 * Lists the subprotocols that a client offers, in its order; empty if none. All lines of `Sec-WebSocket-Protocol` count,
 * as RFC 6455 section 11.3.4 wants it; gorilla looks at the first.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Subprotocols | gorilla Subprotocols}
 */
export function subprotocols(request: RequestLike): string[] {
  return itemsOf(headerOf(request, "sec-websocket-protocol"));
}

/** Looks a header field up by its name in lower case; those of several lines are joined. */
export function headerOf({ headers }: RequestLike, name: string): string | undefined {
  if (hasGet(headers)) return headers.get(name) ?? undefined;
  const value = headers[name] ?? headers[Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name];
  return typeof value === "string" ? value : value?.join(", ");
}

function hasGet(headers: HeaderLike): headers is { get(name: string): string | null } {
  return typeof headers["get"] === "function";
}

/** Tells whether a comma-separated header has this token, given in lower case, in whatever case. */
export function hasToken(header: string | undefined, token: string): boolean {
  return itemsOf(header).some((item) => equalFold(item, token));
}

/** Compares, and takes the case of ASCII letters for the same, but not that of others. */
export function equalFold(a: string, b: string): boolean {
  return lowerASCII(a) === lowerASCII(b);
}

function lowerASCII(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Splits a comma-separated header. */
function itemsOf(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
