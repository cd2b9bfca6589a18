import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect, createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { TimeoutError } from "../net/errors.js";
import { after } from "../net/socket/after.js";
import { explain } from "./errors.js";

/** What bounds a handshake, and how its failure is dressed. */
export interface HandshakeLimits {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  wrap(cause: Error): Error;
}

type Start = (done: (socket: TLSSocket) => void, fail: (err: Error) => void) => void;

/** Does a client's handshake over a stream, which it owns from then on. */
export function clientHandshake(
  stream: Duplex,
  options: ConnectionOptions,
  limits: HandshakeLimits,
): Promise<TLSSocket> {
  return handshake(stream, limits, (done, fail) => {
    const socket = connect({ ...options, socket: stream });
    socket.on("error", fail); // no effect once it is settled
    socket.once("close", () => fail(closedEarly()));
    socket.once("secureConnect", () => done(socket));
  });
}

/** Does a server's handshake over a stream, which it owns from then on. */
export function serverHandshake(stream: Duplex, options: TlsOptions, limits: HandshakeLimits): Promise<TLSSocket> {
  return handshake(stream, limits, (done, fail) => {
    const server = createServer(options); // it never listens; it checks clients as one that does
    server.once("tlsClientError", fail);
    server.once("secureConnection", (socket) => {
      socket.on("error", () => {}); // until it has a conn that keeps its failure
      done(socket);
    });
    stream.once("close", () => fail(closedEarly()));
    server.emit("connection", stream);
  });
}

/**
 * Waits for a handshake. Whatever ends it otherwise destroys the stream, and rejects with the cause, dressed, or with
 * the signal's reason, untouched.
 */
function handshake(stream: Duplex, limits: HandshakeLimits, start: Start): Promise<TLSSocket> {
  const { signal, timeoutMs, wrap } = limits;
  return new Promise((resolve, reject) => {
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const end = (reason: unknown) => {
      release();
      stream.destroy();
      reject(reason);
    };
    const onAbort = () => end(signal?.reason);
    const onTimeout = () => end(wrap(new TimeoutError("tls: handshake timed out")));
    const timer = after(timeoutMs, onTimeout);
    signal?.addEventListener("abort", onAbort);
    const done = (socket: TLSSocket) => {
      release();
      resolve(socket);
    };
    try {
      start(done, (err) => end(wrap(explain(err, "handshake"))));
    } catch (err) {
      end(err); // a certificate or key that does not parse is the caller's mistake, and speaks for itself
    }
  });
}

function closedEarly(): Error {
  return Object.assign(new Error("closed before secure TLS connection"), { code: "ECONNRESET" });
}
