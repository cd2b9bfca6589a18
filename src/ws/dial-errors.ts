import { fromNode } from "../net/errno.js";
import { NetError } from "../net/errors.js";

/** Turns what fails while we dial into an error in Go's words. */
export function explain(err: unknown): Error {
  if (err instanceof NetError) return err;
  const { code = "", message = "", syscall = "connect", reason } = err as NodeError;
  if (/^socket hang up$|before secure TLS connection/.test(message)) {
    return new NetError("unexpected EOF", { code, cause: err });
  }
  if (code.startsWith("HPE_")) return new NetError(`malformed HTTP response: ${reason}`, { code, cause: err });
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER") {
    return new NetError("tls: first record does not look like a TLS handshake", { code, cause: err });
  }
  // OpenSSL's message has its source files and line numbers; the reason alone is words.
  if (code.startsWith("ERR_SSL_") && reason !== undefined) return new NetError(`tls: ${reason}`, { code, cause: err });
  return fromNode(err, syscall);
}

/** What Node's errors carry; `reason` is that of its HTTP parser, or of OpenSSL. */
interface NodeError {
  readonly code?: string;
  readonly message?: string;
  readonly syscall?: string;
  readonly reason?: string;
}
