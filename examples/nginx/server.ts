import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";
import { files } from "../shared/files.js";
import type { Running } from "../shared/run-server.js";

/** How one of the servers is. */
export interface AppOptions {
  /** Tells the servers apart. */
  readonly name: string;
  /** How often a WebSocket is pinged: more often than the proxy's `proxy_read_timeout`; 0 for never. @default 20_000 */
  readonly pingMs?: number | undefined;
  /** How often there is an event; 0 for never. @default 1000 */
  readonly tickMs?: number | undefined;
}

/** One of the servers behind nginx. */
export interface App extends Running {
  /** What `/events` tells. */
  readonly feed: rest.Feed<string>;
  /** How many connections there were. */
  readonly connections: number;
}

/** Serves REST, events, rooms over WebSocket, and a page for all of them. It knows of the proxy by two lines alone. */
export async function serveApp(address: string, { name, pingMs = 20_000, tickMs = 1000 }: AppOptions): Promise<App> {
  const feed = new rest.Feed<string>({ keep: 10 });
  const who = rest.resource("/who", {
    GET: (request) => ({ server: name, client: rest.clientAddress(request), url: request.url }),
    POST: async (_request, { body }) => body(),
  });
  const events = rest.resource("/events", { GET: (request) => rest.events(request, feed) });
  const page = files(import.meta.url, "page.html", "page.css", "page.mjs", "../shared/style.css");
  const server = await rest.serve(
    address,
    rest.handler({
      resources: [who, events, ...page],
      use: [rest.forwarded({ trust: ["127.0.0.1"] })], // the proxy alone says who a client is
    }),
    { keepAliveTimeout: 75_000 }, // longer than the proxy keeps a connection: it closes it, not we
  );
  let connections = 0;
  server.server.on("connection", () => connections++);

  const rooms = new Rooms(name);
  const upgrader = new ws.Upgrader({
    maxMessageBytes: 8192,
    heartbeat: pingMs > 0 && { intervalMs: pingMs, timeoutMs: 10_000 }, // the proxy cuts what is silent
  });
  server.server.on("upgrade", (request, socket, head) => {
    const room = new URL(request.url ?? "/", "http://localhost").searchParams.get("room") ?? "lobby";
    upgrader.upgradeSocket(request, socket, head).then(
      (conn) => rooms.serve(room, conn),
      () => {}, // who is refused has an answer already
    );
  });

  const clock = tickMs > 0 ? setInterval(() => feed.publish(`tick of ${name}`), tickMs) : undefined;
  const stop = async () => {
    clearInterval(clock);
    rooms.close();
    await server[Symbol.asyncDispose]();
  };
  return {
    url: server.url,
    feed,
    get connections() {
      return connections;
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Rooms of one server. Those of another are not heard here: who names the same room must come to the same server. */
class Rooms {
  readonly #name: string;
  readonly #hub = new ws.Hub({ onSlow: "close" });

  constructor(name: string) {
    this.#name = name;
  }

  async serve(room: string, conn: ws.Conn): Promise<void> {
    this.#hub.join(room, conn);
    this.#tell(room, "somebody came in");
    try {
      for await (const message of conn) this.#tell(room, message.text());
    } catch {
      // The guest is gone.
    }
    this.#hub.leave(room, conn);
    this.#tell(room, "somebody left");
  }

  close(): void {
    for (const conn of this.#hub.rooms().flatMap((room) => this.#hub.members(room))) {
      conn.close(ws.CloseGoingAway, "the server stops");
    }
  }

  #tell(room: string, text: string): void {
    this.#hub.broadcast(room, ws.TextMessage, JSON.stringify({ server: this.#name, text }));
  }
}
