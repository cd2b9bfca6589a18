// UDP echo: ours through readFrom and writeTo, and through read and write, against bare node:dgram. `npm run bench udp-echo`
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { compare, nodeServer, pinClient, type Sample, type Served, type Variant } from "./harness.js";

const warmUpMs = 600;
const measureMs = 1500;
/** After so long without an answer, what is under way counts as lost, and is sent again. */
const lostMs = 100;

/** Makes a client that costs as little as it can, so that the server is what is measured. */
async function openClient(): Promise<Socket> {
  const socket = createSocket({ type: "udp4", lookup: (host, _family, answer) => answer(null, host, 4) });
  const listening = once(socket, "listening"); // with such a lookup it happens before bind returns
  socket.bind(0, "127.0.0.1");
  await listening;
  socket.setRecvBufferSize(1 << 20);
  return socket;
}

/** Keeps `inFlight` datagrams of `size` bytes under way on each of the clients. */
function pipelined(size: number, inFlight: number, clients: readonly Socket[]): (served: Served) => Promise<Sample> {
  const payload = Buffer.alloc(size, 7);
  return async (served) => {
    const [host = "", port] = served.address.split(":");
    const send = (client: Socket) => client.send(payload, Number(port), host);
    const start = () => clients.forEach((client) => Array.from({ length: inFlight }, () => send(client)));
    let [count, seen] = [0, 0];
    for (const client of clients) {
      client.removeAllListeners("message").on("message", () => {
        count++;
        send(client);
      });
    }
    start();
    const watch = setInterval(() => {
      if (seen === count) start();
      seen = count;
    }, lostMs);
    const sample = await window(served, () => count);
    clearInterval(watch);
    for (const client of clients) client.removeAllListeners("message");
    return sample;
  };
}

async function window(served: Served, count: () => number): Promise<Sample> {
  await sleep(warmUpMs);
  const [ops, cpu, start] = [count(), served.cpuMicros(), performance.now()];
  await sleep(measureMs);
  const done = count() - ops;
  return {
    rate: (done / (performance.now() - start)) * 1000,
    cpu: (served.cpuMicros() - cpu) / done,
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

pinClient();
const rounds = Number(process.env["ROUNDS"] ?? 7);
const clients = await Promise.all(Array.from({ length: 8 }, openClient));
const [first] = clients as [Socket];
const way = (name: string, ...how: string[]): Variant => ({ name, command: nodeServer("udp.ts", ...how) });
const shared = [
  way("node:dgram message+send", "bare"),
  way("readFrom+writeTo", "packets"),
  way("listenPeers, read+write", "peers"),
];
const own = way("dial, read+write", "connected", `127.0.0.1:${first.address().port}`);
await compare("64 B, 1 client, 64 in flight", [...shared, own], pipelined(64, 64, [first]), rounds);
await compare("64 B, 8 clients, 16 in flight each", shared, pipelined(64, 16, clients), rounds);
await compare("64 B, 1 client, 1 in flight", [...shared, own], pipelined(64, 1, [first]), rounds);
await compare("1 KiB, 1 client, 64 in flight", [...shared, own], pipelined(1024, 64, [first]), rounds);
await compare("60,000 B, 1 client, 4 in flight", [...shared, own], pipelined(60_000, 4, [first]), rounds);
for (const client of clients) client.close();
