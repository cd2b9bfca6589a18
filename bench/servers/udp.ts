// An echo server over UDP, in the way that its argument names: bare node:dgram, or ours in one of its forms.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Reader, Writer } from "toolkit/net";
import { dial, listen, listenPeers } from "toolkit/udp";

const [how = "", peer = ""] = process.argv.slice(2);

/** Each starts to serve, and resolves to its address. Those that are connected serve the peer alone. */
const ways: Readonly<Record<string, () => Promise<{ toString(): string }>>> = {
  async bare() {
    const socket = createSocket("udp4");
    socket.on("message", (m, r) => socket.send(m, r.port, r.address));
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return `127.0.0.1:${socket.address().port}`;
  },
  async packets() {
    const conn = await listen("127.0.0.1:0");
    void (async () => {
      for (const p = new Uint8Array(65_536); ; ) {
        const { n, addr } = await conn.readFrom(p);
        await conn.writeTo(p.subarray(0, n), addr);
      }
    })();
    return conn.localAddr;
  },
  async peers() {
    const listener = await listenPeers("127.0.0.1:0");
    void (async () => {
      for await (const conn of listener) void echo(conn);
    })();
    return listener.addr;
  },
  async connected() {
    const conn = await dial(peer);
    void echo(conn);
    return conn.localAddr;
  },
};

async function echo(conn: Reader & Writer): Promise<void> {
  const p = new Uint8Array(65_536);
  for (let n = await conn.read(p); n !== null; n = await conn.read(p)) await conn.write(p.subarray(0, n));
}

console.log(`READY ${String(await ways[how]?.())}`);
