// HTTP servers that echo on what is connected to, and clients that say what they like, byte for byte.
import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { copy } from "../../src/net/io.js";
import { type HandleHTTPOptions, type HTTPServer, handleHTTP } from "../../src/rpc/http/connect-server.js";
import type { ServableConn } from "../../src/rpc/replay-conn.js";
import { rawDial } from "../support/raw.js";

/** What Go's server answers to those who CONNECT. */
export const connected = "HTTP/1.0 200 Connected to Go RPC\n\n";

/** Sends back what it gets, and ends when the peer does. */
export async function echo(conn: ServableConn): Promise<void> {
  await copy(conn, conn);
  await conn.closeWrite?.();
  conn.close();
}

/** What a test's server saw. */
export interface TestServer {
  readonly server: HTTPServer;
  readonly port: number;
  /** The conns that it served, each with the codec that it was told. */
  readonly conns: { readonly conn: ServableConn; readonly codec: string | undefined }[];
}

/** Starts a server of ordinary pages that serves RPC beside them. */
export async function startServer(
  options: Partial<HandleHTTPOptions> = {},
  http: ServerOptions = {},
  listener: RequestListener = (request, response) => response.end(`page ${request.url}`),
): Promise<TestServer> {
  return serve(createServer(http, listener), options);
}

/** Lets a server serve RPC, and listen. */
export async function serve(server: HTTPServer, options: Partial<HandleHTTPOptions> = {}): Promise<TestServer> {
  const conns: TestServer["conns"] = [];
  const serveConn: HandleHTTPOptions["serveConn"] = (conn, codec) => {
    conns.push({ conn, codec });
    return (options.serveConn ?? echo)(conn, codec);
  };
  handleHTTP(server, { ...options, serveConn });
  (server as Server).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const { conn } of conns) conn.close();
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port, conns };
}

/** Talks by hand. */
export class Talker {
  readonly socket: Socket;
  #got = "";
  #isOver = false;
  #onNews: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    const end = () => {
      this.#isOver = true;
      this.#onNews();
    };
    socket.on("end", end).on("close", end);
    socket.on("data", (chunk: Buffer) => {
      this.#got += chunk.toString("latin1");
      this.#onNews();
    });
    onTestFinished(() => void socket.destroy());
  }

  static async dial(port: number): Promise<Talker> {
    return new Talker((await rawDial(port)).setNoDelay(true));
  }

  /** Sends text, and waits until the system has it. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => this.socket.write(text, "latin1", () => resolve()));
  }

  /** Waits until it got so many characters, or there are no more; takes them. */
  async get(length: number): Promise<string> {
    while (this.#got.length < length && !this.#isOver) await this.#news();
    const text = this.#got.slice(0, length);
    this.#got = this.#got.slice(length);
    return text;
  }

  /** Waits for the end; takes all that is left. */
  async rest(): Promise<string> {
    while (!this.#isOver) await this.#news();
    return this.get(this.#got.length);
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#onNews = resolve;
    });
  }
}
