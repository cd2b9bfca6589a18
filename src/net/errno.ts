import { NetError } from "./errors.js";

/** What Go prints for a system error, by its name. */
const texts: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EADDRINUSE: "address already in use",
  EADDRNOTAVAIL: "cannot assign requested address",
  EAFNOSUPPORT: "address family not supported by protocol",
  EAGAIN: "resource temporarily unavailable",
  EBADF: "bad file descriptor",
  ECONNABORTED: "software caused connection abort",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  EDESTADDRREQ: "destination address required",
  EHOSTDOWN: "host is down",
  EHOSTUNREACH: "no route to host",
  EINVAL: "invalid argument",
  EISCONN: "transport endpoint is already connected",
  EMFILE: "too many open files",
  EMSGSIZE: "message too long",
  ENAMETOOLONG: "file name too long",
  ENETDOWN: "network is down",
  ENETUNREACH: "network is unreachable",
  ENOBUFS: "no buffer space available",
  ENODEV: "no such device",
  ENOENT: "no such file or directory",
  ENOMEM: "cannot allocate memory",
  ENOPROTOOPT: "protocol not available",
  ENOTCONN: "transport endpoint is not connected",
  ENOTDIR: "not a directory",
  ENOTSOCK: "socket operation on non-socket",
  ENOTSUP: "operation not supported",
  EPERM: "operation not permitted",
  EPIPE: "broken pipe",
  EPROTONOSUPPORT: "protocol not supported",
  ETIMEDOUT: "connection timed out",
};

/** Makes the error of a failed system call: `connect: connection refused`, with the system's name as its code. */
export function syscallError(syscall: string, code: string, cause?: unknown): NetError {
  const text = texts[code] ?? code;
  return new NetError(`${syscall}: ${text}`, { code, timeout: code === "ETIMEDOUT", cause });
}

/**
 * Turns an error of Node's into one with Go's words: that of a system call, or of a name that has no address
 * (`lookup nosuch.host: no such host`). Ours, and those that speak for themselves, pass through.
 */
export function fromNode(err: unknown, syscall: string): Error {
  if (err instanceof NetError) return err;
  if (!(err instanceof Error)) return new NetError(String(err), { code: "ERR_UNKNOWN" });
  const { code, syscall: actual, hostname } = err as NodeError;
  if (actual === "getaddrinfo") return lookupError(hostname ?? "", code ?? "ENOTFOUND", err);
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? syscallError(syscall, code, err) : err;
}

/** What Node's errors carry. */
interface NodeError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly hostname?: string;
}

function lookupError(host: string, code: string, cause: unknown): NetError {
  const text = code === "ENOTFOUND" ? "no such host" : "server misbehaving";
  return new NetError(`lookup ${host}: ${text}`, { code, cause });
}
