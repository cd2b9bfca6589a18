// A TCP echo server in one of several ways: tcp.ts node|node-messages|toolkit|toolkit-messages|toolkit-copy
import { createServer, type Socket } from "node:net";
import { BufReader, copy } from "toolkit/net";
import * as tcp from "toolkit/tcp";

const messageBytes = 64;

type Serve = (conn: tcp.TCPConn) => Promise<unknown>;

/** Echoes whatever comes. */
async function chunks(conn: tcp.TCPConn): Promise<void> {
  const p = new Uint8Array(65_536);
  for (let n = await conn.read(p); n !== null; n = await conn.read(p)) await conn.write(p.subarray(0, n));
}

/** Reads message by message, and awaits its writes once for all that had arrived, as a server that pipelines does. */
async function messages(conn: tcp.TCPConn): Promise<void> {
  const reader = new BufReader(conn);
  const p = new Uint8Array(messageBytes);
  let written: Promise<number> | undefined;
  while ((await reader.readFull(p)) !== null) {
    written = conn.write(p);
    if (reader.buffered < messageBytes) await written;
  }
}

function nodeServer(serve: (socket: Socket) => void): void {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    serve(socket);
  });
  server.listen(0, "127.0.0.1", () => console.log(`READY 127.0.0.1:${(server.address() as { port: number }).port}`));
}

async function toolkitServer(serve: Serve): Promise<void> {
  const listener = await tcp.listen("127.0.0.1:0");
  console.log(`READY ${listener.addr.toString()}`);
  for await (const conn of listener) {
    serve(conn).then(
      () => conn.close(),
      () => conn.close(),
    );
  }
}

function nodeMessages(socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (data) => {
    const all = rest.length === 0 ? data : Buffer.concat([rest, data]);
    let at = 0;
    for (; at + messageBytes <= all.length; at += messageBytes) socket.write(all.subarray(at, at + messageBytes));
    rest = all.subarray(at);
  });
}

const ways: Record<string, () => unknown> = {
  node: () => nodeServer((socket) => socket.on("data", (data) => socket.write(data))),
  "node-messages": () => nodeServer(nodeMessages),
  toolkit: () => toolkitServer(chunks),
  "toolkit-copy": () => toolkitServer((conn) => copy(conn, conn)),
  "toolkit-messages": () => toolkitServer(messages),
};
await ways[process.argv[2] ?? "toolkit"]?.();
