import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import * as net from "toolkit/net";
import * as rest from "toolkit/rest";
import * as udp from "toolkit/udp";
import * as ws from "toolkit/ws";
import { files } from "../shared/files.js";
import type { Running } from "../shared/run-server.js";
import { startLoop } from "./loop.js";
import { Match, type MatchLimits } from "./match.js";
import { ticksPerSecond } from "./snapshot.js";

const maxConns = 64;

/** Serves the page, the game over WebSocket on the same port, and takes inputs as datagrams. */
export async function serveGame(address: string, limits: MatchLimits = {}): Promise<Running> {
  const page = files(import.meta.url, "page.html", "page.css", "../shared/style.css");
  const server = await rest.serve(address, rest.handler(...page, await script()));
  const datagrams = await udp.listen(net.joinHostPort(new URL(server.url).hostname, 0));

  const match = new Match(Date.now(), limits);
  const stopLoop = startLoop(() => match.tick(), { hz: ticksPerSecond });
  void takeDatagrams(datagrams, match);

  const conns = new Set<ws.Conn>();
  const welcome = (conn: ws.Conn) => {
    conns.add(conn);
    void match.serve(conn, datagrams.localAddr.port).finally(() => conns.delete(conn));
  };
  // An input has ten bytes; a player whose network is gone is noticed within seconds.
  const heartbeat = { intervalMs: 5000, timeoutMs: 5000 };
  const upgrader = new ws.Upgrader({ maxMessageBytes: 256, heartbeat });
  server.server.on("upgrade", (request, socket, head) => {
    if (conns.size >= maxConns) return socket.destroy();
    upgrader.upgradeSocket(request, socket, head).then(welcome, () => {}); // who is refused has an answer already
  });

  const stop = async () => {
    stopLoop();
    datagrams.close();
    for (const conn of conns) conn.close(ws.CloseGoingAway, "the server stops");
    await server[Symbol.asyncDispose]();
  };
  return { url: server.url, [Symbol.asyncDispose]: stop };
}

/** Reads datagrams until the socket is closed. Nobody is answered, so nobody can be flooded through us. */
async function takeDatagrams(conn: udp.UDPConn, match: Match): Promise<void> {
  const p = new Uint8Array(64); // more than any of ours: what is longer is none
  try {
    for (;;) {
      const { n } = await conn.readFrom(p);
      match.takeDatagram(p.subarray(0, n));
    }
  } catch {
    // We have closed it.
  }
}

/** The page's program shares the rules, the formats and the connection with the server's. */
async function script(): Promise<rest.Resource> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./page.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["toolkit-source"],
    target: "es2023",
    write: false,
    logLevel: "silent", // what fails is thrown
  });
  const text = outputFiles[0]?.text ?? "";
  const headers = { "Content-Type": "text/javascript; charset=utf-8" };
  return rest.resource("/page.js", { GET: () => new Response(text, { headers }) });
}
