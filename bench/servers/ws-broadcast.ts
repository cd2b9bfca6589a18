// A WebSocket server that sends what comes to all, in one of several ways: ws-broadcast.ts hub|npm-ws
import * as ws from "toolkit/ws";
import { WebSocketServer } from "ws";

async function hubServer(): Promise<void> {
  const hub = new ws.Hub();
  const listener = await ws.listen("127.0.0.1:0", { path: "/broadcast" });
  console.log(`READY ${listener.addr.hostname}:${listener.addr.port}`);
  for await (const conn of listener) {
    hub.join("all", conn);
    relay(hub, conn).catch(() => {});
  }
}

async function relay(hub: ws.Hub, conn: ws.Conn): Promise<void> {
  for await (const { type, data } of conn) hub.broadcast("all", type, data);
}

function npmServer(): void {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  server.on("listening", () => console.log(`READY 127.0.0.1:${(server.address() as { port: number }).port}`));
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, binary) => {
      for (const each of server.clients) each.send(data, { binary });
    });
  });
}

const ways: Record<string, () => unknown> = { hub: hubServer, "npm-ws": npmServer };
await ways[process.argv[2] ?? "hub"]?.();
