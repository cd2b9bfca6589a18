// Opens a listener and both ends of a conn, and unrefs those that its arguments name.
import * as tcp from "../../../src/tcp/index.js";

const listener = await tcp.listen("127.0.0.1:0");
const [dialled, accepted] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
const opened: Readonly<Record<string, { unref(): void }>> = { listener, dialled, accepted };
void dialled.read(new Uint8Array(1)); // a read that waits keeps nothing alive by itself
void listener.accept();
for (const name of process.argv.slice(2)) opened[name]?.unref();
console.log("ready");
