import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Refusal } from "./handshake.js";
import { HandshakeError } from "./handshake-error.js";
import { whenEnded } from "./hijack.js";
import type { RefusalHandler } from "./options.js";

/** Answers a request that is refused; resolves to the error to throw, when the system has taken the answer. */
export async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  answer: RefusalHandler = answerPlainly,
): Promise<HandshakeError> {
  const { status, reason, headers = {} } = refusal;
  const error = new HandshakeError(status, reason);
  if (response.headersSent || response.destroyed) return error;
  const ended = whenEnded(response);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  await answer(request, response, status, error);
  if (!response.writableEnded) return error;
  await ended;
  silence(response);
  return error;
}

/** Answers as Go's `http.Error` does, with the name of the status alone. */
function answerPlainly(_: IncomingMessage, response: ServerResponse, status: number): void {
  const body = `${STATUS_CODES[status] ?? ""}\n`;
  response.setHeader("Sec-WebSocket-Version", "13");
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Content-Length", body.length);
  if (response.hasHeader("Upgrade")) {
    response.setHeader("Connection", response.shouldKeepAlive ? "Upgrade" : "Upgrade, close"); // RFC 9110 section 7.8
  }
  response.writeHead(status).end(body);
}

/** Lets a response that is complete take no notice of a framework that answers once more. */
export function silence(response: ServerResponse): void {
  response.writeHead = () => response;
}

/** Waits for an upgrade, and if it fails ends the response that nobody else would end. */
export async function orEnd<T>(response: ServerResponse, upgrading: Promise<T>): Promise<T> {
  try {
    return await upgrading;
  } catch (err) {
    if (!response.headersSent) response.statusCode = err instanceof HandshakeError ? err.status : 500;
    response.end();
    throw err;
  }
}
