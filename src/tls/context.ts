import {
  type ConnectionOptions,
  createSecureContext,
  createServer,
  type SecureContext,
  type Server,
  type TlsOptions,
} from "node:tls";
import { maxDelayMs } from "../internal/after.js";
import type { Pem, TLSClientOptions, TLSOptions, TLSServerOptions } from "./options.js";

/** The default of `handshakeTimeoutMs`. */
export const defaultHandshakeTimeoutMs = 10_000;

function nodePem(pem: Pem): string | Buffer {
  return typeof pem === "string" ? pem : Buffer.from(pem);
}

/** Node passes over what is no certificate here. */
function nodeCa(ca: Pem | readonly Pem[]): (string | Buffer)[] {
  const list: readonly Pem[] = typeof ca === "string" || ca instanceof Uint8Array ? [ca] : ca;
  const pems = list.map(nodePem);
  if (pems.every((pem) => pem.includes("-----BEGIN "))) return pems;
  throw new TypeError("Cannot use ca: it holds no certificate in PEM");
}

/** What both sides tell Node. */
function common(options: TLSOptions): ConnectionOptions & TlsOptions {
  const { ca, cert, key, passphrase, alpnProtocols, minVersion, maxVersion, rejectUnauthorized } = options;
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError("Cannot use cert without key, or key without cert");
  }
  return {
    minVersion: minVersion ?? "TLSv1.2",
    rejectUnauthorized: rejectUnauthorized ?? true,
    ...(maxVersion !== undefined && { maxVersion }),
    ...(ca !== undefined && { ca: nodeCa(ca) }),
    ...(cert !== undefined && { cert: nodePem(cert) }),
    ...(key !== undefined && { key: nodePem(key) }),
    ...(passphrase !== undefined && { passphrase }),
    ...(alpnProtocols !== undefined && { ALPNProtocols: [...alpnProtocols] }),
  };
}

/** Lets Node parse certificates and keys: those that it cannot are the caller's mistake. */
function parse<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    throw code.startsWith("ERR_OSSL_") ? new TypeError(`Cannot use cert and key: ${message}`, { cause }) : cause;
  }
}

/**
 * What a client tells Node; {@link toName} adds whom it speaks to.
 * @throws {TypeError} for certificates and keys that are none
 */
export function clientOptions(options: TLSClientOptions): ConnectionOptions {
  const own = common(options);
  return { ...own, secureContext: parse(() => createSecureContext(own)) };
}

/** Whom a client speaks to: the name that the certificate must bear, and that is sent (SNI). */
export function toName(name: string): Pick<ConnectionOptions, "host" | "servername"> {
  const sent = /^[0-9.]+$|:/.test(name) ? "" : name; // RFC 6066, section 3: no addresses in SNI
  return { host: name, servername: sent };
}

/**
 * Makes a server that checks clients as `options` say.
 * @throws {TypeError} for certificates and keys that are none, or missing; `purpose` says what they are needed for
 */
export function makeServer(purpose: string, options: TLSServerOptions, others: TlsOptions = {}): Server {
  const { cert, key, serverNames, requestCert, handshakeTimeoutMs = defaultHandshakeTimeoutMs } = options;
  if ((cert === undefined || key === undefined) && serverNames === undefined) {
    throw new TypeError(`Cannot ${purpose} as TLS needs a certificate: give cert and key, or serverNames`);
  }
  return parse(() =>
    createServer({
      ...common(options),
      ...others,
      requestCert: requestCert ?? false,
      handshakeTimeout: Math.min(handshakeTimeoutMs, maxDelayMs),
      ...(serverNames !== undefined && { SNICallback: chooser(serverNames) }),
    }),
  );
}

/** Chooses a certificate by the name that a client asks for. */
function chooser(names: NonNullable<TLSServerOptions["serverNames"]>): NonNullable<TlsOptions["SNICallback"]> {
  const contexts = Object.entries(names).map(([name, own]): [string, SecureContext] => [
    name.toLowerCase(),
    createSecureContext(common(own)),
  ]);
  return (asked, done) => done(null, pick(contexts, asked.toLowerCase()));
}

/** Finds the certificate for a name: the name itself before a wildcard for its last labels. */
function pick(contexts: readonly [string, SecureContext][], name: string): SecureContext | undefined {
  const wildcard = name.replace(/^[^.]+/, "*");
  return (contexts.find(([own]) => own === name) ?? contexts.find(([own]) => own === wildcard))?.[1];
}
