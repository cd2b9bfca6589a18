// The game in a terminal: `npm run example game/client [NAME] [URL]`
// The state comes over WebSocket; what is steered goes out as datagrams, of which a lost one holds up nothing.
import { Buffer } from "node:buffer";
import * as net from "toolkit/net";
import * as udp from "toolkit/udp";
import { seal } from "./datagram.js";
import { startLoop } from "./loop.js";
import { join } from "./session.js";
import { type Snapshot, ticksPerSecond } from "./snapshot.js";
import { directionOf, picture, summary } from "./terminal.js";

const [name = "Terminal", address = "ws://127.0.0.1:8080/"] = process.argv.slice(2);
const url = address.replace(/^http/, "ws"); // the address that the server prints will do
const session = await join(url, name);
const { id, key, udpPort } = session.welcome;
const datagrams = await udp.dial(net.joinHostPort(new URL(url).hostname, udpPort));

let direction = { x: 0, y: 0 };
let names: Readonly<Record<number, string>> = {};
let heardSeq = 0;
const patience = ticksPerSecond; // inputs, of which none has arrived: datagrams do not get through here

const stopSending = startLoop(
  () => {
    const input = session.nextInput(direction.x, direction.y);
    if (input.seq - heardSeq > patience) return session.send(input);
    datagrams.write(seal(Buffer.from(key, "base64"), id, input)).catch(() => {}); // as good as lost on the way
  },
  { hz: ticksPerSecond },
);

process.stdin.setEncoding("utf8");
if (process.stdin.isTTY) process.stdin.setRawMode(true);
process.stdin.on("data", (typed: string) => {
  if (typed === "q" || typed === "\u0003") session.leave(); // Ctrl-C
  direction = directionOf(typed) ?? direction;
});
process.stdin.on("end", () => session.leave());

try {
  await session.run({ snapshot: show, names: (all) => (names = all) });
} catch (err) {
  process.stderr.write(`${(err as Error).message}\n`);
} finally {
  stopSending();
  datagrams.close();
  process.stdin.destroy();
  if (process.stdout.isTTY) process.stdout.write("\u001b[?25h");
}

function show(snapshot: Snapshot): void {
  heardSeq = snapshot.players.find((player) => player.id === id)?.seq ?? heardSeq;
  if (process.stdout.isTTY) process.stdout.write(picture(snapshot, names, id));
  else if (snapshot.tick % ticksPerSecond === 0) process.stdout.write(`${summary(snapshot, names)}\n`);
}
