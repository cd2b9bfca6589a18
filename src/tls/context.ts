import { type ConnectionOptions, createSecureContext, type SecureContext, type TlsOptions } from "node:tls";
import type { Pem, TLSClientOptions, TLSOptions, TLSServerOptions } from "./options.js";

const nodePem = (pem: Pem): string | Buffer => (typeof pem === "string" ? pem : Buffer.from(pem));

function nodeCa(ca: Pem | readonly Pem[]): (string | Buffer)[] {
  const list: readonly Pem[] = typeof ca === "string" || ca instanceof Uint8Array ? [ca] : ca;
  return list.map(nodePem);
}

/** What both sides tell Node. */
function common(options: TLSOptions): ConnectionOptions & TlsOptions {
  const { ca, cert, key, passphrase, alpnProtocols, minVersion, maxVersion, rejectUnauthorized } = options;
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

/** What a client tells Node. `host` is what was dialled, if that is known. */
export function clientOptions(options: TLSClientOptions, host: string): ConnectionOptions {
  const name = options.serverName ?? host;
  const sent = /^[0-9.]+$|:/.test(name) ? "" : name; // RFC 6066, section 3: no addresses in SNI
  return { ...common(options), host: name, servername: sent };
}

/** What a server tells Node. */
export function serverOptions(options: TLSServerOptions): TlsOptions {
  const { serverNames, requestCert } = options;
  const contexts = Object.entries(serverNames ?? {}).map(([name, own]): [string, SecureContext] => [
    name.toLowerCase(),
    createSecureContext(common(own)),
  ]);
  return {
    ...common(options),
    requestCert: requestCert ?? false,
    ...(contexts.length > 0 && {
      SNICallback: (asked: string, done: (err: Error | null, context?: SecureContext) => void) =>
        done(null, pick(contexts, asked.toLowerCase())),
    }),
  };
}

/** Finds the certificate for a name: the name itself before a wildcard for its last labels. */
function pick(contexts: readonly [string, SecureContext][], name: string): SecureContext | undefined {
  const wildcard = name.replace(/^[^.]+/, "*");
  return (contexts.find(([own]) => own === name) ?? contexts.find(([own]) => own === wildcard))?.[1];
}
