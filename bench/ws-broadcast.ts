// WebSocket broadcast of 64 B to 500: our Hub against npm ws in a loop, gorilla's prepared messages and Bun; figures for
// each delivery; a raw client. `npm run bench ws-broadcast [ROUNDS]`
import {
  bunServer,
  compare,
  goServer,
  nodeServer,
  pinClient,
  type Sample,
  type Served,
  type Variant,
} from "./harness.js";
import { dial, frameOf, window } from "./ws-client.js";

const receivers = 500;
const size = 64;

/** One member sends, and goes on when its own messages come back; all count what they get. */
function broadcast(inFlight: number): (served: Served) => Promise<Sample> {
  const frame = frameOf(size);
  const frameBytes = size + 2;
  return async (served) => {
    const sockets = await Promise.all(Array.from({ length: receivers }, () => dial(served, "/broadcast")));
    let bytes = 0;
    for (const socket of sockets.slice(1)) socket.on("data", (data) => (bytes += data.length));
    const sender = sockets[0] as (typeof sockets)[0];
    let rest = 0;
    sender.on("data", (data) => {
      bytes += data.length;
      const back = Math.floor((rest + data.length) / frameBytes);
      rest = rest + data.length - back * frameBytes;
      if (back > 0) sender.write(Buffer.concat(Array.from({ length: back }, () => frame)));
    });
    sender.write(Buffer.concat(Array.from({ length: inFlight }, () => frame)));
    const sample = await window(served, () => bytes / frameBytes);
    for (const socket of sockets) socket.destroy();
    return sample;
  };
}

pinClient();
const rounds = Number(process.argv[3] ?? 5);
const variants: Variant[] = [
  { name: "npm ws, a loop", command: nodeServer("ws-broadcast.ts", "npm-ws") },
  { name: "toolkit Hub", command: nodeServer("ws-broadcast.ts", "hub") },
  { name: "gorilla, prepared (Go)", command: goServer("wsbench") },
  { name: "Bun publish (C++)", command: bunServer("ws-bun.js") },
];
await compare("64 B to 500, 16 in flight, each delivery", variants, broadcast(16), rounds);
await compare("64 B to 500, 1 in flight, each delivery", variants, broadcast(1), rounds);
