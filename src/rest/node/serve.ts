import type { RequestListener, Server, ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { AddrError } from "../../net/errors.js";
import { joinHostPort, splitHostPort } from "../../net/host-port.js";
import type { Fetch } from "../types.js";
import { toNode } from "./to-node.js";

/** A server that {@link serve} has started, or taken over. */
export interface RestServer extends AsyncDisposable {
  /** The server underneath. */
  readonly server: Server;
  /** Where it listens, as `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string;
  /** Stops at once: ends all connections. Idempotent. */
  close(): void;
  /** Resolves when the server and its connections are closed; never rejects. */
  readonly closed: Promise<void>;
  /** Stops: takes no more connections, lets answers end, and closes what is left when their time is over. */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

/** Options of {@link RestServer.shutdown}. */
export interface ShutdownOptions {
  /** How long answers may take to end, in milliseconds. @default 10,000 */
  readonly graceMs?: number | undefined;
}

const defaultGraceMs = 10_000;
const maxPort = 65_535;

/**
 * Serves over HTTP/1.1: on an address, as `"127.0.0.1:8080"` or `":0"`, or on a server of node:http, which is made to
 * listen by its owner. Its limits are those of Node's servers: 16 KiB for the header, 60 s to send it, 300 s to send all.
 *
 * @example
 * ```ts
 * import { handler, resource, serve } from "toolkit/rest";
 *
 * const hello = resource("/hello", { GET: () => ({ hello: "world" }) });
 * await using server = await serve("127.0.0.1:0", handler(hello));
 * const response = await fetch(`${server.url}/hello`);
 * console.log(await response.text()); // {"hello":"world"}
 * ```
 * @throws {AddrError} the address is none
 * @throws {TypeError} the handler is no function
 */
export async function serve(at: Server | string, handler: Fetch, options: ServerOptions = {}): Promise<RestServer> {
  const onRequest: RequestListener = toNode(handler);
  if (typeof at !== "string") {
    requireServer(at);
    at.on("request", onRequest);
    return new Serving(at);
  }
  const { host, port } = splitHostPort(at);
  if (!/^\d{1,5}$/.test(port) || Number(port) > maxPort) throw new AddrError("invalid port", port);
  const server = process.getBuiltinModule("node:http").createServer(options);
  server.on("request", onRequest);
  await listening(server, host, Number(port));
  return new Serving(server);
}

/** A port alone is what other frameworks take. */
function requireServer(at: unknown): void {
  if (typeof at === "number") throw new TypeError(`Address is ${at}: write "127.0.0.1:${at}", or ":${at}"`);
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, ...(host === "" ? {} : { host }) }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

class Serving implements RestServer {
  readonly server: Server;
  readonly closed: Promise<void>;
  /** Where it listened last. */
  #address: AddressInfo | null = null;

  constructor(server: Server) {
    this.server = server;
    this.closed = new Promise((resolve) => void server.once("close", () => resolve()));
  }

  get url(): string {
    const now = this.server.address();
    if (typeof now === "object" && now !== null) this.#address = now;
    if (this.#address === null) throw new TypeError("Server is not listening on a port");
    const { address, port } = this.#address;
    return `http://${joinHostPort(address === "::" || address === "0.0.0.0" ? "localhost" : address, port)}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  async shutdown({ graceMs = defaultGraceMs }: ShutdownOptions = {}): Promise<void> {
    if (!this.server.listening) return;
    const timer = setTimeout(() => this.server.closeAllConnections(), graceMs);
    this.server.close();
    this.server.closeIdleConnections();
    await this.closed;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }
}
