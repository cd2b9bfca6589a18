import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";
import { files } from "../shared/files.js";
import type { Running } from "../shared/run-server.js";
import { Chat } from "./chat.js";

/** Serves the page, and the chat beside it on the same port. */
export async function serveChat(address: string): Promise<Running> {
  const page = files(import.meta.url, "page.html", "page.css", "page.mjs", "../shared/style.css");
  const server = await rest.serve(address, rest.handler(...page));

  const chat = new Chat();
  const conns = new Set<ws.Conn>();
  const welcome = (conn: ws.Conn) => {
    conns.add(conn);
    void chat.serve(conn).finally(() => conns.delete(conn));
  };
  // A message is short; a guest whose network is gone is noticed within a minute.
  const upgrader = new ws.Upgrader({ maxMessageBytes: 8192, heartbeat: {} });
  server.server.on("upgrade", (request, socket, head) => {
    upgrader.upgradeSocket(request, socket, head).then(welcome, () => {}); // who is refused has an answer already
  });

  const stop = async () => {
    for (const conn of conns) conn.close(ws.CloseGoingAway, "the server stops");
    await server[Symbol.asyncDispose]();
  };
  return { url: server.url, [Symbol.asyncDispose]: stop };
}
