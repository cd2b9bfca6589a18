// Sends one message of so many bytes from one end of a conn to the other, both in this process, and prints its memory:
// ws-huge.ts BYTES client|server plain|compressed
import { readFull } from "../../../src/net/io.js";
import * as ws from "../../../src/ws/index.js";

const [bytes = "", sender = "", how = ""] = process.argv.slice(2);
const chunkBytes = 65_536;
const chunks = Math.ceil(Number(bytes) / chunkBytes);

/** Random bytes and zeros in turn, a kilobyte each: of its size about half is left when compressed. */
function template(): Buffer {
  const chunk = Buffer.alloc(chunkBytes);
  for (let at = 0; at < chunk.length; at += 2048) crypto.getRandomValues(chunk.subarray(at, at + 1024));
  return chunk;
}

const sent = template();
const peak = { rss: 0 };
const look = () => {
  peak.rss = Math.max(peak.rss, process.memoryUsage.rss());
};

async function write(conn: ws.Conn): Promise<void> {
  const chunk = Buffer.from(sent); // of its own: the reader compares with the other
  const writer = await conn.nextWriter(ws.BinaryMessage);
  for (let i = 0; i < chunks; i++) {
    chunk.writeUInt32BE(i);
    await writer.write(chunk);
    if (i % 64 === 0) look();
  }
  await writer.close();
}

async function read(conn: ws.Conn): Promise<void> {
  const { reader } = await conn.nextReader();
  const want = Buffer.from(sent);
  const p = Buffer.alloc(chunkBytes);
  for (let i = 0; i < chunks; i++) {
    await readFull(reader, p);
    want.writeUInt32BE(i);
    if (p.compare(want) !== 0) throw new Error(`chunk ${i} is not what was sent`);
  }
  if ((await reader.read(p)) !== null) throw new Error("there is more than was sent");
}

const options = { maxMessageBytes: 0, maxFragments: 0, enableCompression: how === "compressed" };
const listener = await ws.listen("127.0.0.1:0", options);
const [client, server] = await Promise.all([ws.dial(listener.addr.toString(), options), listener.accept()]);
listener.close();
const [from, to] = sender === "client" ? [client, server] : [server, client];

await Promise.all([from.writeMessage(ws.TextMessage, "x".repeat(1 << 20)), to.readMessage()]); // all code is loaded
globalThis.gc?.();
const base = process.memoryUsage.rss();
const start = performance.now();
await Promise.all([write(from), read(to)]);
look();
const seconds = (performance.now() - start) / 1000;
client.close();
await Promise.all([client.closed, server.readMessage().catch(() => {}), server.closed]);
console.log(JSON.stringify({ bytes: chunks * chunkBytes, seconds, base, growth: peak.rss - base }));
