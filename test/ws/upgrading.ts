import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { attach } from "../../src/ws/attach.js";
import type { Conn } from "../../src/ws/index.js";
import type { UpgraderOptions } from "../../src/ws/options.js";
import type { ResponseHeader } from "../../src/ws/response-header.js";
import { Upgrader } from "../../src/ws/upgrader.js";

/** Sends a request by hand; resolves to all that comes. */
export async function ask(port: number, request: string | Uint8Array): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request);
  let answer = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) answer += chunk.toString("latin1");
  return answer;
}

/** Sends a request by hand; resolves to one answer, by its length. */
export async function askOnce(port: number, request: string | Uint8Array): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request);
  let answer = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    answer += chunk.toString("latin1");
    const [head = "", body] = answer.split("\r\n\r\n");
    if (body !== undefined && body.length >= Number(/Content-Length: (\d+)/i.exec(head)?.[1])) break;
  }
  return answer;
}

/** Lets a server listen; resolves to its port. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** What comes of a handshake. */
type Outcome = { conn: Conn; error?: undefined } | { conn?: undefined; error: unknown };

/** A server whose only handler upgrades. */
export interface Upgrading {
  readonly port: number;
  readonly server: Server;
  /** What has come of the handshakes, in order. */
  readonly outcomes: Outcome[];
  /** Waits for what comes of the next handshake. */
  next(): Promise<Outcome>;
  close(): void;
}

/** Starts a server that upgrades, in an ordinary handler with `attach`, or in an 'upgrade' listener. */
export async function upgrading(
  options: UpgraderOptions = {},
  responseHeader?: ResponseHeader,
  way: "attach" | "upgrade" | "neither" = "attach",
): Promise<Upgrading> {
  const upgrader = new Upgrader(options);
  const outcomes: Outcome[] = [];
  const waiting: ((outcome: Outcome) => void)[] = [];
  let told = 0;
  const follow = (work: Promise<Conn>) => {
    const tell = (outcome: Outcome) => {
      outcomes.push(outcome);
      waiting.shift()?.(outcome);
    };
    work.then(
      (conn) => tell({ conn }),
      (error: unknown) => tell({ error }),
    );
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    follow(upgrader.upgrade(request, response, responseHeader));
  });
  if (way === "attach") attach(server);
  if (way === "upgrade") {
    server.on("upgrade", (request, socket, head) => {
      follow(upgrader.upgradeSocket(request, socket, head, responseHeader));
    });
  }
  const port = await listening(server);
  return {
    port,
    server,
    outcomes,
    next: () => {
      const outcome = outcomes[told++];
      return outcome === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(outcome);
    },
    close() {
      server.close();
      server.closeAllConnections();
      for (const { conn } of outcomes) conn?.closeNow();
    },
  };
}

/** A promise and what settles it. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (err: unknown) => void } {
  let settle = {} as { resolve: (value: T) => void; reject: (err: unknown) => void };
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}
