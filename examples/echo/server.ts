import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ListenOptions, listen, type Network } from "toolkit";
import { type Conn, joinHostPort, type Listener, PipeListener, type StreamConn, splitHostPort } from "toolkit/net";
import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";
import { makeCertificate } from "../shared/certificate.js";
import { files } from "../shared/files.js";
import type { Running } from "../shared/run-server.js";
import { echo } from "./echo.js";

/** An echo that listens on every transport. */
export interface EchoServer extends Running {
  /** Where it listens, as the client takes it: `tcp://127.0.0.1:49152`, `unix:/tmp/…`. */
  readonly addresses: readonly string[];
  /** The file of the certificate that `tls` and `wss` have. */
  readonly certificateFile: string;
  /** Dials within this process: there is no network in between. */
  dialMemory(): Promise<StreamConn>;
}

/** Serves the page and WebSocket at `address`, and each other transport on a free port of the same host. */
export async function serveEcho(address: string): Promise<EchoServer> {
  const server = new Server();
  try {
    await server.start(address);
    return server;
  } catch (err) {
    await server[Symbol.asyncDispose]();
    throw err;
  }
}

class Server implements EchoServer {
  url = "";
  certificateFile = "";
  readonly addresses: string[] = [];
  readonly #memory = new PipeListener();
  readonly #conns = new Set<Conn>();
  readonly #listeners: Listener<StreamConn>[] = [];
  #http: rest.RestServer | null = null;
  #folder = "";

  async start(address: string): Promise<void> {
    this.#http = await rest.serve(address, rest.handler(...files(import.meta.url, ...pageFiles)));
    this.url = this.#http.url;
    this.#upgrade(this.#http);

    this.#folder = await mkdtemp(join(tmpdir(), "echo-"));
    this.certificateFile = join(this.#folder, "cert.pem");
    const { host } = splitHostPort(address);
    const anyPort = joinHostPort(host, "0");
    const pair = await makeCertificate([host]);
    await writeFile(this.certificateFile, pair.cert);

    void this.#accept(this.#memory);
    await this.#listen("tcp", anyPort);
    await this.#listen("tls", anyPort, pair);
    await this.#listen("unix", join(this.#folder, "echo.sock"));
    await this.#listen("udp", anyPort);
    await this.#listen("wss", anyPort, pair);
  }

  dialMemory(): Promise<StreamConn> {
    return this.#memory.dial();
  }

  /** Takes WebSockets on the port of the page: of pages of its own host alone. */
  #upgrade({ server, url }: rest.RestServer): void {
    const upgrader = new ws.Upgrader({ heartbeat: {} });
    server.on("upgrade", (request, socket, head) => {
      upgrader.upgradeSocket(request, socket, head).then(this.#serve, () => {}); // who is refused has an answer already
    });
    this.addresses.push(`${url.replace("http", "ws")}/`);
  }

  async #listen<N extends Network>(network: N, address: string, options?: ListenOptions<N>): Promise<void> {
    const listener: Listener<StreamConn> = await listen(network, address, options);
    void this.#accept(listener);
    const text = listener.addr.toString();
    if (network === "unix") this.addresses.push(`unix:${text}`);
    else this.addresses.push(text.includes("://") ? text : `${network}://${text}`);
  }

  async #accept(listener: Listener<StreamConn>): Promise<void> {
    this.#listeners.push(listener);
    for await (const conn of listener) this.#serve(conn);
  }

  readonly #serve = (conn: StreamConn): void => {
    this.#conns.add(conn);
    void echo(conn).finally(() => this.#conns.delete(conn));
  };

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of [...this.#listeners, ...this.#conns]) each.close();
    await this.#http?.[Symbol.asyncDispose]();
    if (this.#folder !== "") await rm(this.#folder, { recursive: true, force: true });
  }
}

const pageFiles = ["page.html", "page.css", "page.mjs", "../shared/style.css"];
