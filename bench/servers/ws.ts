// A WebSocket echo server in one of several ways: ws.ts toolkit|toolkit-iterate|npm-ws

import * as ws from "toolkit/ws";
import { type RawData, WebSocketServer } from "ws";

type Serve = (conn: ws.Conn) => Promise<unknown>;

/** Echoes message by message. */
async function messages(conn: ws.Conn): Promise<void> {
  for (;;) {
    const message = await conn.readMessage();
    await conn.writeMessage(message.type, message.data);
  }
}

/** The same, as a loop over the conn. */
async function iterate(conn: ws.Conn): Promise<void> {
  for await (const message of conn) await conn.writeMessage(message.type, message.data);
}

async function toolkitServer(serve: Serve): Promise<void> {
  const listener = await ws.listen("127.0.0.1:0");
  console.log(`READY ${listener.addr.hostname}:${listener.addr.port}`);
  for await (const conn of listener) {
    serve(conn).then(
      () => conn.close(),
      () => conn.close(),
    );
  }
}

function npmServer(): void {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  server.on("listening", () => console.log(`READY 127.0.0.1:${(server.address() as { port: number }).port}`));
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data: RawData, binary: boolean) => socket.send(data, { binary }));
  });
}

const ways: Record<string, () => unknown> = {
  "npm-ws": npmServer,
  toolkit: () => toolkitServer(messages),
  "toolkit-iterate": () => toolkitServer(iterate),
};
await ways[process.argv[2] ?? "toolkit"]?.();
