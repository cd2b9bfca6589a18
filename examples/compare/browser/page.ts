// What runs in the page: the browser builds of this package, and the two measurements. A global variable `lab` has it.
import * as rpc from "toolkit/rpc";
import * as ws from "toolkit/ws";
import { CallClient } from "../measure/call-client.js";
import { ConnClient } from "../measure/conn-client.js";
import type { EchoClient, Load } from "../measure/echo-client.js";
import { echoContract } from "../measure/echo-service.js";
import type { PageTraffic } from "./page-traffic.js";

/** The clients, by the names of their rows; each speaks with the server that the page is of. */
const clients: Readonly<Record<string, (load: Load) => Promise<EchoClient>>> = {
  "browser-ws": async (load) => new ConnClient(await ws.dial(webSocketURL()), load, false),
  "browser-rpc": async (load) => {
    const client = await rpc.dial("ws", webSocketURL(), { codec: "msgpack" });
    const { Send } = client.service(echoContract);
    return new CallClient(
      { call: (message) => Send(message), close: () => client.close(), closed: client.closed },
      load,
    );
  },
  "browser-rest": (load) => {
    const closing = new AbortController();
    const call = (message: Uint8Array) => post(message, closing.signal);
    return Promise.resolve(new CallClient({ call, close: () => closing.abort(), closed: Promise.resolve() }, load));
  },
};

let client: EchoClient | null = null;

/** Connects the client of a row. */
export async function connect(name: string, load: Load): Promise<void> {
  client = (await clients[name]?.(load)) ?? null;
}

/** Sends messages, one at a time. */
export async function echo(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await roundTrip(connected());
}

/** Sends one message at a time and waits for it, for so many ms. */
export async function roundTrips(ms: number): Promise<PageTraffic> {
  const micros: number[] = [];
  const start = performance.now();
  let now = start;
  while (now < start + ms) {
    const before = now;
    await roundTrip(connected());
    now = performance.now();
    micros.push((now - before) * 1000);
  }
  return { sent: micros.length, received: micros.length, seconds: (now - start) / 1000, micros };
}

/** Keeps up to two bursts under way, for so many ms: while one comes back, the next is on its way already. */
export async function throughput(ms: number, burst: number): Promise<PageTraffic> {
  const echoing = connected();
  const start = performance.now();
  echoing.send(burst);
  let [sent, received] = [burst, 0];
  while (performance.now() < start + ms) {
    echoing.send(burst);
    sent += burst;
    received += await echoing.receive();
  }
  received += await echoing.receive();
  return { sent, received, seconds: (performance.now() - start) / 1000, micros: [] };
}

/** Closes the client. */
export async function close(): Promise<void> {
  await client?.[Symbol.asyncDispose]();
  client = null;
}

async function roundTrip(echoing: EchoClient): Promise<void> {
  echoing.send(1);
  await echoing.receive();
}

function connected(): EchoClient {
  if (client === null) throw new Error("Not connected");
  return client;
}

function webSocketURL(): string {
  return `ws://${location.host}/`;
}

async function post(message: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const headers = { "Content-Type": "application/octet-stream" };
  const response = await fetch("/echo", { method: "POST", headers, body: message as Uint8Array<ArrayBuffer>, signal });
  if (!response.ok) throw new Error(`Status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
