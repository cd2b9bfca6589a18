import { NetError } from "../net/errors.js";
import { type Target, withoutBrackets } from "./dial-url.js";
import type { HandshakeResponse } from "./handshake-response.js";

/** A proxy, as text or URL; none for a direct way. */
export type ProxyChoice = string | URL | null | undefined;

/** A proxy's URL, or a function that chooses one for the URL that is dialled: `null` for none. */
export type ProxyOption = ProxyChoice | ((url: URL) => ProxyChoice | Promise<ProxyChoice>);

/** A proxy, and how to speak to it. */
export interface Proxy {
  readonly kind: "http" | "socks5";
  /** Whether it is spoken to over TLS. */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Its address without what is secret, for errors. */
  readonly authority: string;
  readonly username: string;
  readonly password: string;
  readonly socketPath?: undefined;
}

/** Reports a proxy that cannot be reached, or that does not connect us: `proxy 10.0.0.1:3128: 403 Forbidden`. */
export class ProxyError extends NetError {
  override name = "ProxyError";
  /** What the proxy answered, where it speaks HTTP and refused: 407 and `proxy-authenticate` among others. */
  readonly response: HandshakeResponse | null;

  constructor(authority: string, cause: Error, response: HandshakeResponse | null = null) {
    const { code } = cause as { code?: unknown };
    super(`proxy ${authority}: ${cause.message}`, { code: typeof code === "string" ? code : "ERR_PROXY", cause });
    this.response = response;
  }
}

const kinds: Readonly<Record<string, Pick<Proxy, "kind" | "secure" | "port">>> = {
  "http:": { kind: "http", secure: false, port: 80 },
  "https:": { kind: "http", secure: true, port: 443 },
  "socks5:": { kind: "socks5", secure: false, port: 1080 },
  "socks5h:": { kind: "socks5", secure: false, port: 1080 },
};

/** Calls a function of the caller's: an attempt to dial. */
interface Caller {
  theirs<T>(call: () => T | Promise<T>): Promise<T>;
}

/** Finds the proxy for a target; `null` if there is none. */
export async function chooseProxy(option: ProxyOption, target: Target, attempt: Caller): Promise<Proxy | null> {
  if (target.socketPath !== undefined) return null;
  const chosen = typeof option === "function" ? await attempt.theirs(() => option(new URL(target.url))) : option;
  return chosen === null || chosen === undefined || chosen === "" ? null : parseProxy(chosen);
}

/**
 * Reads a proxy's URL; one without a scheme is `http:`.
 * @throws {TypeError} when it is none, or of a scheme that is not known; it does not tell the password
 */
function parseProxy(text: string | URL): Proxy {
  const url = proxyURL(String(text));
  const parts = url === null || url.hostname === "" ? undefined : kinds[url.protocol];
  if (url === null || parts === undefined) {
    throw new TypeError(`Cannot use the proxy ${hidden(String(text))}: want an http, https or socks5 URL`);
  }
  return {
    ...parts,
    host: withoutBrackets(url.hostname),
    port: url.port === "" ? parts.port : Number(url.port),
    authority: url.host,
    username: decoded(url.username),
    password: decoded(url.password),
  };
}

/** Reads the URL of a proxy, which may lack its scheme; `null` if it is none. */
export function proxyURL(text: string): URL | null {
  const whole = text.includes("://") ? text : `http://${text}`;
  return URL.canParse(whole) ? new URL(whole) : null;
}

function hidden(text: string): string {
  return text.replace(/^([^/]*\/\/)?.*@/, "$1");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no escapes, then
  }
}
