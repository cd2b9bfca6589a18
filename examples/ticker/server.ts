import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";
import { files } from "../shared/files.js";
import type { Running } from "../shared/run-server.js";
import { Market } from "./market.js";
import { resources } from "./over-http.js";
import { serveConn } from "./over-websocket.js";

/** Serves one market over WebSocket, as Server-Sent Events and by polling, all on one port. */
export async function serveTicker(address: string, intervalMs = 1000): Promise<Running> {
  const market = new Market();
  const page = files(import.meta.url, "page.html", "page.css", "page.mjs", "../shared/style.css");
  const server = await rest.serve(address, rest.handler(...page, ...resources(market)));
  const clock = setInterval(() => market.move(), intervalMs);

  const conns = new Set<ws.Conn>();
  const welcome = (conn: ws.Conn) => {
    conns.add(conn);
    void serveConn(conn, market).finally(() => conns.delete(conn));
  };
  const upgrader = new ws.Upgrader({ maxMessageBytes: 1024, heartbeat: {} });
  server.server.on("upgrade", (request, socket, head) => {
    upgrader.upgradeSocket(request, socket, head).then(welcome, () => {}); // who is refused has an answer already
  });

  const stop = async () => {
    clearInterval(clock);
    for (const conn of conns) conn.close(ws.CloseGoingAway, "the server stops");
    await server[Symbol.asyncDispose]();
  };
  return { url: server.url, [Symbol.asyncDispose]: stop };
}
