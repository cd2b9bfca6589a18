// Opens conns of every kind, and unrefs those that its arguments name.
import * as udp from "../../../src/udp/index.js";

const listener = await udp.listenPeers("127.0.0.1:0", { idleTimeoutMs: 60_000 });
const dialled = await udp.dial(listener.addr);
await dialled.write(new Uint8Array(1));
const accepted = await listener.accept();
const listening = await udp.listen("127.0.0.1:0");
const opened: Readonly<Record<string, { ref(): void; unref(): void }>> = { listener, dialled, accepted, listening };
void dialled.read(new Uint8Array(1)); // a read that waits keeps nothing alive by itself
void listening.readFrom(new Uint8Array(1));
void listener.accept();
for (const name of process.argv.slice(2)) {
  opened[name]?.unref();
  opened[name]?.ref();
  opened[name]?.unref();
}
console.log("ready");
