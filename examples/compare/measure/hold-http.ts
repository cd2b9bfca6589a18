import { dial } from "toolkit";

/** A request that has been answered before its connection idles. */
export interface HeldRequest {
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

const head = new Uint8Array(4096);

/** Makes a request on a connection of its own, and holds it: clients of HTTP share theirs, and would not open as many. */
export async function holdHTTP(
  address: string,
  { path, contentType, body }: HeldRequest,
  signal: AbortSignal | undefined,
): Promise<AsyncDisposable> {
  const conn = await dial("tcp", address, { signal });
  const fields = [`Host: ${address}`, `Content-Type: ${contentType}`, `Content-Length: ${body.length}`];
  await conn.write(new TextEncoder().encode(`POST ${path} HTTP/1.1\r\n${fields.join("\r\n")}\r\n\r\n${body}`));
  await conn.read(head);
  return conn;
}
