// JSON over HTTP/1.1, 50 connections, one request at a time on each: ours against node:http, hono, fastify, Express. `npm run bench rest [ROUNDS]`
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { compare, nodeServer, pinClient, type Sample, type Served, type Variant } from "./harness.js";
import { window } from "./ws-client.js";

const connections = 50;
const fields = (host: string) => `Host: ${host}\r\nAccept: application/json`;

function getRequest(host: string): string {
  return `GET /videos/7 HTTP/1.1\r\n${fields(host)}\r\n\r\n`;
}

function postRequest(host: string): string {
  const body = JSON.stringify({ title: "Metropolis", year: 1927, tags: ["silent", "science fiction"] });
  return `POST /videos HTTP/1.1\r\n${fields(host)}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

async function dial(address: string): Promise<Socket> {
  const [host = "", port] = address.split(":");
  const socket = connect({ host, port: Number(port), noDelay: true });
  await once(socket, "connect");
  return socket;
}

/** Asks once; gives how long the answer is, header and all. That is the same each time: a date always has its length. */
async function lengthOfAnswer(address: string, request: Buffer): Promise<number> {
  const socket = await dial(address);
  socket.write(request);
  let answer = "";
  while (!answer.endsWith("}")) answer += ((await once(socket, "data")) as [Buffer])[0].toString("latin1");
  socket.destroy();
  if (!answer.startsWith("HTTP/1.1 200 ")) throw new Error(answer);
  return answer.length;
}

/** Asks the same again and again, and counts answers by their bytes: a client that does nothing else costs next to nothing. */
function asking(requestTo: (host: string) => string): (served: Served) => Promise<Sample> {
  return async (served) => {
    const request = Buffer.from(requestTo(served.address));
    const length = await lengthOfAnswer(served.address, request);
    let answers = 0;
    const sockets = await Promise.all(Array.from({ length: connections }, () => dial(served.address)));
    for (const socket of sockets) {
      let bytes = 0;
      socket.on("data", (data) => {
        bytes += data.length;
        if (bytes < length) return;
        bytes -= length;
        answers++;
        socket.write(request);
      });
      socket.write(request);
    }
    const sample = await window(served, () => answers);
    for (const socket of sockets) socket.destroy();
    return sample;
  };
}

pinClient();
const way = (name: string, how: string): Variant => ({ name, command: nodeServer("rest.ts", how) });
const rounds = Number(process.argv[3] ?? 5);
const all = [
  way("node:http by hand", "node"),
  way("toolkit", "toolkit"),
  way("toolkit, etag: false", "toolkit-no-etag"),
  way("hono, node-server", "hono"),
  way("fastify", "fastify"),
  way("Express", "express"),
];
await compare("GET, JSON, one path value", all, asking(getRequest), rounds);
await compare("POST, JSON in and out", all, asking(postRequest), rounds);
