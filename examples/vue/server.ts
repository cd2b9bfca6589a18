import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";
import type { Running } from "../shared/run-server.js";
import { page } from "./build.js";
import { closing, commands, type FromServer } from "./protocol.js";

const room = "all";

/** Serves the page, and a small WebSocket server beside it: it tells the time, and passes on what is said. */
export async function serveVue(address: string): Promise<Running> {
  const server = await rest.serve(address, rest.handler(...page()));
  const hub = new ws.Hub({ onSlow: "close" });
  const tell = (message: FromServer) => hub.broadcast(room, ws.TextMessage, JSON.stringify(message));
  const clock = setInterval(() => tell({ type: "time", at: Date.now(), connected: hub.size(room) }), 1000);

  const serve = async (conn: ws.Conn) => {
    hub.join(room, conn);
    for await (const message of conn) {
      const text = message.text();
      if (text === commands.close) conn.close(closing.code, closing.reason);
      else if (text === commands.break) conn.closeNow();
      else tell({ type: "said", at: Date.now(), text });
    }
  };
  const upgrader = new ws.Upgrader({ maxMessageBytes: 1024, heartbeat: {} });
  server.server.on("upgrade", (request, socket, head) => {
    const upgraded = upgrader.upgradeSocket(request, socket, head);
    upgraded.then(serve).catch(() => {}); // who is refused has an answer already, who is gone needs none
  });

  const stop = async () => {
    clearInterval(clock);
    for (const conn of hub.members(room)) conn.close(ws.CloseGoingAway, "the server stops");
    await server[Symbol.asyncDispose]();
  };
  return { url: server.url, [Symbol.asyncDispose]: stop };
}
