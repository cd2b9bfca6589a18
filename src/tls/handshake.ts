import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect, type Server, type TLSSocket } from "node:tls";
import { after } from "../internal/after.js";
import { TimeoutError } from "../net/errors.js";
import { explain, explainClient } from "./errors.js";

/** What bounds a handshake, and how its failure is dressed. */
export interface HandshakeLimits {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  wrap(cause: Error): Error;
}

type Start = (done: (socket: TLSSocket) => void, fail: (cause: Error) => void) => void;

/** Does a client's handshake over a stream, which it owns from then on. */
export function clientHandshake(
  stream: Duplex,
  options: ConnectionOptions,
  limits: HandshakeLimits,
): Promise<TLSSocket> {
  return handshake(stream, limits, (done, fail) => {
    const socket = connect({ ...options, socket: stream });
    socket.on("error", (err) => fail(explain(err, "handshake"))); // no effect once it is settled
    socket.once("close", () => fail(closedEarly()));
    socket.once("secureConnect", () => done(socket));
  });
}

/** Does a server's handshake over a stream, which it owns from then on. `server` never listens, and serves it alone. */
export function serverHandshake(stream: Duplex, server: Server, limits: HandshakeLimits): Promise<TLSSocket> {
  return handshake(stream, limits, (done, fail) => {
    server.once("tlsClientError", (err, socket) => fail(explainClient(err, socket)));
    server.once("secureConnection", (socket) => {
      socket.on("error", () => {}); // until it has a conn that keeps its failure
      done(socket);
    });
    stream.once("end", () => fail(closedEarly())); // a half-open stream would wait for more
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
    let settled = false;
    const release = () => {
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const end = (reason: unknown) => {
      if (settled) return;
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
      start(done, (cause) => end(wrap(cause)));
    } catch (err) {
      end(err); // an option that Node does not take
    }
    if (signal?.aborted === true) onAbort();
  });
}

function closedEarly(): Error {
  const err = new Error("closed before secure TLS connection");
  return explain(Object.assign(err, { code: "ECONNRESET" }), "handshake");
}
