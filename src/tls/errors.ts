import type { TLSSocket } from "node:tls";
import { fromNode } from "../net/errno.js";
import { NetError } from "../net/errors.js";

/** What a failed check of a certificate means, by OpenSSL's name. */
const certificateFaults: Readonly<Record<string, string>> = {
  CERT_CHAIN_TOO_LONG: "x509: too many intermediates for path length constraint",
  CERT_HAS_EXPIRED: "x509: certificate has expired",
  CERT_NOT_YET_VALID: "x509: certificate is not yet valid",
  CERT_REJECTED: "x509: certificate was rejected",
  CERT_REVOKED: "x509: certificate was revoked",
  CERT_SIGNATURE_FAILURE: "x509: certificate has an invalid signature",
  CERT_UNTRUSTED: "x509: certificate is not trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "x509: certificate signed by unknown authority (it is self-signed)",
  INVALID_CA: "x509: issuer is not a certificate authority",
  INVALID_PURPOSE: "x509: certificate specifies an incompatible key usage",
  SELF_SIGNED_CERT_IN_CHAIN: "x509: certificate signed by unknown authority (its root is not trusted)",
  UNABLE_TO_GET_ISSUER_CERT: "x509: certificate signed by unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "x509: certificate signed by unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "x509: certificate signed by unknown authority",
};

/** Other failures that deserve Go's words. */
const otherFaults: Readonly<Record<string, string>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "tls: client didn't provide a certificate",
  ERR_SSL_WRONG_VERSION_NUMBER: "tls: first record does not look like a TLS handshake",
  ERR_SSL_HTTP_REQUEST: "tls: first record does not look like a TLS handshake: it is an HTTP request",
  ERR_SSL_NO_SHARED_CIPHER: "tls: no cipher suite supported by both client and server",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "tls: no supported versions satisfy MinVersion and MaxVersion",
  ERR_SSL_NO_APPLICATION_PROTOCOL: "tls: client requested unsupported application protocols",
  ERR_TLS_HANDSHAKE_TIMEOUT: "tls: handshake timed out",
};

/** What Node's TLS errors carry. */
interface TLSFault extends Error {
  readonly code?: string;
  readonly reason?: string;
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
}

/** Turns a failure of a TLS socket into an error that says which check failed; keeps Node's code. */
export function explain(err: unknown, syscall: string): Error {
  if (!(err instanceof Error) || err instanceof NetError) return fromNode(err, syscall);
  const fault = err as TLSFault;
  const code = fault.code ?? "ERR_UNKNOWN";
  const text = words(fault, code);
  if (text === null) return fromNode(err, syscall);
  return new NetError(text, { code, timeout: code === "ERR_TLS_HANDSHAKE_TIMEOUT", cause: err });
}

/** Turns a client's failure into an error: Node keeps apart which check its certificate failed. */
export function explainClient(err: Error, { authorizationError: code }: TLSSocket): Error {
  return explain(typeof code === "string" ? Object.assign(new Error(err.message), { code }) : err, "handshake");
}

function words(fault: TLSFault, code: string): string | null {
  const certificate = certificateFaults[code];
  if (certificate !== undefined) return `tls: failed to verify certificate: ${certificate}`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return `tls: failed to verify certificate: x509: ${wrongName(fault)}`;
  const other = otherFaults[code];
  if (other !== undefined) return other;
  const alert = /^ERR_SSL_(?:TLSV1|TLSV13|SSLV3)_ALERT_(.+)$/.exec(code)?.[1];
  if (alert !== undefined) return `remote error: tls: ${alert.toLowerCase().replaceAll("_", " ")}`;
  if (code === "ECONNRESET" && /before secure TLS connection|socket hang up/.test(fault.message)) {
    return "tls: handshake: unexpected EOF";
  }
  return code.startsWith("ERR_SSL_") ? `tls: ${fault.reason ?? fault.message}` : null;
}

function wrongName({ host, cert }: TLSFault): string {
  const names = (cert?.subjectaltname ?? "").replaceAll(/\b(?:DNS|IP Address):/g, "");
  if (names === "") return `certificate is not valid for any names, but wanted to match ${host ?? ""}`;
  return `certificate is valid for ${names}, not ${host ?? ""}`;
}
