import type { ServerResponse } from "node:http";
import { discard, isBodyless, type Outcome } from "../outcome.js";

/**
 * Sends an answer. What it returns for streams resolves once all of it is handed to the system, or nobody is left.
 * @throws {Error} a field or the status is none, or a stream breaks off; then the header may have been sent
 */
export function writeOutcome(outcome: Outcome, response: ServerResponse, isHead: boolean): void | Promise<void> {
  const { body, fields, status } = outcome;
  if (response.destroyed || response.headersSent) {
    discard(body);
  } else if (isHead && body instanceof ReadableStream) {
    discard(body);
    response.writeHead(status, fields);
    response.end();
  } else if (typeof body === "string" || body instanceof Uint8Array) {
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
    outcome.set("Content-Length", String(length));
    response.writeHead(status, fields);
    response.end(body);
  } else if (body === null) {
    const isEmpty = !isHead && !isBodyless(status) && outcome.get("content-length") === null;
    if (isEmpty) fields.push("Content-Length", "0");
    response.writeHead(status, fields);
    response.end();
  } else {
    if (body instanceof Blob) outcome.set("Content-Length", String(body.size));
    response.strictContentLength = true; // more than was said would be another answer to the client
    response.writeHead(status, fields);
    return pump(body instanceof Blob ? body.stream() : body, response);
  }
}

/** Writes a stream no faster than the client reads; rejects where it breaks off. */
async function pump(stream: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel(new DOMException("The client went away", "AbortError")).catch(() => {});
  response.once("close", cancel);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (!response.write(part.value) && !response.destroyed) await drained(response);
    }
    response.end();
  } finally {
    if (response.writableEnded) response.off("close", cancel);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
