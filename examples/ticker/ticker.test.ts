import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Running } from "../shared/run-server.js";
import type { Tick } from "./market.js";
import { serveTicker } from "./server.js";

const all = ["ACME", "GLOBEX", "INITECH", "HOOLI"];

let server: Running;
beforeAll(async () => {
  server = await serveTicker("127.0.0.1:0", 50);
});
afterAll(() => server[Symbol.asyncDispose]());

function dial(): Promise<ws.Conn> {
  return ws.dial(`${server.url.replace("http", "ws")}/`);
}

test("over WebSocket the first message says how things stand, and then each tick comes", async () => {
  const conn = await dial();
  const ticks = [];
  for (let i = 0; i < 5; i++) ticks.push(await conn.readJSON<Tick>());
  for (const { prices } of ticks) expect(Object.keys(prices)).toEqual(all);
  const times = ticks.map(({ at }) => at);
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  conn.close();
});

test("over WebSocket a choice goes up while ticks come down, and is answered at once", async () => {
  const conn = await dial();
  await conn.readMessage();
  await conn.writeJSON({ watch: "HOOLI,NOTHING" });
  let tick = await conn.readJSON<Tick>();
  while (Object.keys(tick.prices).length > 1) tick = await conn.readJSON<Tick>(); // those under way
  expect(Object.keys(tick.prices)).toEqual(["HOOLI"]);
  expect(Object.keys((await conn.readJSON<Tick>()).prices)).toEqual(["HOOLI"]);
  conn.close();
});

test("over WebSocket, who sends what is no JSON is closed, and the others go on", async () => {
  const [bad, good] = await Promise.all([dial(), dial()]);
  await bad.writeMessage(ws.TextMessage, "ACME please");
  for await (const _ of bad); // to its end
  await good.readMessage();
  good.close();
});

test("as events, each tick has an id, and who comes back gets what was missed", async () => {
  const url = `${server.url}/events?symbols=ACME`;
  const ids: number[] = [];
  for await (const { data, lastEventId } of rest.eventSource(url)) {
    expect(Object.keys((JSON.parse(data) as Tick).prices)).toEqual(["ACME"]);
    ids.push(Number(lastEventId));
    if (ids.length === 3) break;
  }
  const [first = 0] = ids;
  expect(ids).toEqual([first, first + 1, first + 2]);
  for await (const { lastEventId } of rest.eventSource(url, { lastEventId: String(first) })) {
    expect(Number(lastEventId)).toBe(first + 1);
    break;
  }
});

test("by polling, the same tick is a 304, and the next has another tag", async () => {
  await using still = await serveTicker("127.0.0.1:0", 1e6);
  const first = await fetch(`${still.url}/quotes?symbols=ACME,INITECH`);
  expect(Object.keys(((await first.json()) as Tick).prices)).toEqual(["ACME", "INITECH"]);
  const headers = { "If-None-Match": first.headers.get("ETag") ?? "" };
  const second = await fetch(`${still.url}/quotes?symbols=ACME,INITECH`, { headers, cache: "no-store" });
  expect([second.status, await second.text()]).toEqual([304, ""]);
  const ticks = rest.poll<Tick>(rest.client(server.url), "/quotes", { intervalMs: 5 });
  const times: number[] = [];
  for await (const { value } of ticks) if (times.push(value.at) === 3) break;
  expect(new Set(times).size).toBe(3);
});

test.each(["ws", "sse", "poll"])("the terminal's client prints prices by %s", async (how) => {
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=toolkit-source", run, "ticker/client", how, "ACME,HOOLI", server.url];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^\d\d:\d\d:\d\d {2}ACME +\d+\.\d\d {2}HOOLI +\d+\.\d\d$/.test(line)) break; // others are under way at first
  }
  child.kill();
  await closed;
});
