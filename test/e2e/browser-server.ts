import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { attach } from "../../src/ws/attach.js";
import type { Conn } from "../../src/ws/index.js";
import type { UpgraderOptions } from "../../src/ws/options.js";
import { Upgrader } from "../../src/ws/upgrader.js";

/** What a server does with a conn. */
type Serve = (conn: Conn, query: URLSearchParams) => Promise<unknown>;

/** A server that gives a page, and WebSockets beside it. */
export interface BrowserServer {
  /** Where the page is. */
  readonly url: string;
  /** Serves the conns of a path. */
  on(path: string, serve: Serve, options?: UpgraderOptions): void;
  /** Resolves to what comes of the next conn of a path. */
  next<T>(path: string): Promise<T>;
  close(): Promise<void>;
}

interface Route {
  readonly upgrader: Upgrader;
  readonly serve: Serve;
  readonly waiting: ((end: Promise<unknown>) => void)[];
}

/** Starts a server whose page has `script` in it. */
export async function browserServer(script: string): Promise<BrowserServer> {
  const routes = new Map<string, Route>();
  const conns = new Set<Conn>();

  const upgrade = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    const route = routes.get(pathname);
    if (route === undefined) return response.writeHead(403).end("no");
    const conn = await route.upgrader.upgrade(request, response);
    conns.add(conn);
    void conn.closed.then(() => conns.delete(conn));
    const end = route.serve(conn, searchParams);
    end.catch(() => {}); // for whoever asks
    route.waiting.shift()?.(end);
  };

  const server = createServer((request, response) => {
    if (request.headers.upgrade !== undefined) {
      upgrade(request, response).catch(() => {}); // it is answered
    } else if (request.url === "/script.js") {
      response.setHeader("Content-Type", "text/javascript; charset=utf-8").end(script);
    } else {
      response.setHeader("Content-Security-Policy", "script-src 'self'"); // which allows no WebAssembly
      response.setHeader("Content-Type", "text/html").end(`<!doctype html><script src="/script.js"></script>`);
    }
  });
  attach(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/`,
    on(path, serve, options) {
      routes.set(path, { upgrader: new Upgrader(options), serve, waiting: [] });
    },
    next<T>(path: string): Promise<T> {
      const route = routes.get(path);
      if (route === undefined) throw new RangeError(`No such path: ${path}`);
      return new Promise<unknown>((resolve) => route.waiting.push(resolve)) as Promise<T>;
    },
    close() {
      for (const conn of conns) conn.closeNow();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
