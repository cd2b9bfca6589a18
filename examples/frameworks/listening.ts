import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { splitHostPort } from "toolkit/net";
import type { Running } from "../shared/run-server.js";

/** Lets a server listen; `close` is what ends it. */
export async function listening(server: Server, address: string, close: () => Promise<void>): Promise<Running> {
  server.listen(at(address));
  await once(server, "listening");
  return { url: urlOf(server), [Symbol.asyncDispose]: close };
}

/** Says where to listen as Node wants it. */
export function at(address: string): { readonly host: string; readonly port: number } {
  const { host, port } = splitHostPort(address);
  return { host, port: Number(port) };
}

/** Says where a server listens. */
export function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Ends a server: takes no more requests, and lets those that are under way end. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await closed;
}
