// A WebSocket echo server that tells its memory when it is asked to: ws-idle.ts toolkit|npm-ws, run with an IPC channel.
import { setTimeout as sleep } from "node:timers/promises";
import { type RawData, WebSocketServer } from "ws";
import * as ws from "../../src/ws/index.js";

async function echo(conn: ws.Conn): Promise<void> {
  for await (const { type, data } of conn) await conn.writeMessage(type, data);
}

async function toolkit(): Promise<number> {
  const listener = await ws.listen("127.0.0.1:0");
  void (async () => {
    for await (const conn of listener) echo(conn).catch(() => {});
  })();
  return listener.addr.port;
}

function npm(): Promise<number> {
  return new Promise((resolve) => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
    server.on("listening", () => resolve((server.address() as { port: number }).port));
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", (data: RawData, binary: boolean) => socket.send(data, { binary }));
    });
  });
}

/** Collects what nobody uses any more, twice, as what is closed lets go of the rest a tick later. */
async function memory(): Promise<NodeJS.MemoryUsage> {
  for (let i = 0; i < 3; i++) {
    await sleep(100);
    globalThis.gc?.();
  }
  return process.memoryUsage();
}

process.on("message", () => void memory().then((usage) => process.send?.(usage)));
process.on("disconnect", () => process.exit());
process.send?.(process.argv[2] === "npm-ws" ? await npm() : await toolkit());
