import type { IncomingMessage } from "node:http";

/**
 * Gives the body again that a body parser of a framework has read, and left as `body` on the request; `null` where none
 * has.
 */
export function parsedBody(message: IncomingMessage): Uint8Array | null {
  const { body } = message as { body?: unknown };
  if (body === undefined || !message.readableDidRead) return null;
  if (body instanceof Uint8Array) return body;
  return new TextEncoder().encode(
    typeof body === "string" ? body : written(body, message.headers["content-type"] ?? ""),
  );
}

function written(body: unknown, contentType: string): string {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(contentType);
  return isForm && typeof body === "object" && body !== null ? toForm(body) : (JSON.stringify(body) ?? "");
}

function toForm(body: object): string {
  const pairs = Object.entries(body).flatMap(([name, value]) => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.map((one): [string, string] => [name, String(one)]);
  });
  return new URLSearchParams(pairs).toString();
}
