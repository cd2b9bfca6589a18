import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Running } from "../shared/run-server.js";
import type { FromServer } from "./protocol.js";
import { serveChat } from "./server.js";

let server: Running;
let url: string;
beforeAll(async () => {
  server = await serveChat("127.0.0.1:0");
  url = `${server.url.replace("http", "ws")}/`;
});
afterAll(() => server[Symbol.asyncDispose]());

async function join(room: string, name: string): Promise<ws.Conn> {
  const conn = await ws.dial(url);
  await conn.writeJSON({ type: "join", room, name });
  return conn;
}

function next(conn: ws.Conn): Promise<FromServer> {
  return conn.readJSON<FromServer>();
}

test("a guest is welcomed with who is there and what was said, and hears what goes on", async () => {
  const ada = await join("talk", "Ada");
  expect(await next(ada)).toEqual({ type: "welcome", room: "talk", name: "Ada", names: ["Ada"], history: [] });
  await ada.writeJSON({ type: "say", text: "Is anybody here?" });
  const said = await next(ada);
  expect(said).toMatchObject({ type: "said", name: "Ada", text: "Is anybody here?" });

  const bob = await join("talk", "Bob");
  expect(await next(bob)).toEqual({
    type: "welcome",
    room: "talk",
    name: "Bob",
    names: ["Ada", "Bob"],
    history: [said],
  });
  expect(await next(ada)).toEqual({ type: "joined", name: "Bob", names: ["Ada", "Bob"] });
  bob.close();
  expect(await next(ada)).toEqual({ type: "left", name: "Bob", names: ["Ada"] });
  ada.close();
});

test("rooms do not hear each other; a guest may change rooms", async () => {
  const [ada, bob] = await Promise.all([join("red", "Ada"), join("blue", "Bob")]);
  await Promise.all([next(ada), next(bob)]);
  await ada.writeJSON({ type: "say", text: "for red" });
  await ada.writeJSON({ type: "join", room: "blue", name: "Ada" });
  expect(await next(ada)).toMatchObject({ type: "said", text: "for red" });
  expect(await next(ada)).toMatchObject({ type: "welcome", room: "blue", names: ["Bob", "Ada"], history: [] });
  expect(await next(bob)).toMatchObject({ type: "joined", name: "Ada" });
  ada.close();
  bob.close();
});

test("a name is given once in a room, and to a guest who comes back", async () => {
  const ada = await join("names", "Ada");
  await next(ada);
  const other = await join("names", "Ada");
  expect(await next(other)).toEqual({ type: "refused", why: "Ada is in names already: pick another name." });
  await other.writeJSON({ type: "say", text: "let me in" });
  expect(await next(other)).toEqual({ type: "refused", why: "Join a room first." });
  await ada.writeJSON({ type: "join", room: "names", name: "Ada" });
  expect(await next(ada)).toMatchObject({ type: "welcome", names: ["Ada"] });
  ada.close();
  other.close();
});

test("history is the last fifty messages", async () => {
  const ada = await join("long", "Ada");
  for (let i = 0; i < 60; i++) await ada.writeJSON({ type: "say", text: String(i) });
  for (let i = 0; i < 61; i++) await next(ada);
  const bob = await join("long", "Bob");
  const welcome = await next(bob);
  const history = welcome.type === "welcome" ? welcome.history.map(({ text }) => text) : [];
  expect(history).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 10)));
  ada.close();
  bob.close();
});

test.each([
  ["no JSON", "{"],
  ["null", "null"],
  ["another type", '{"type":"shout","text":"!"}'],
  ["no name", '{"type":"join","room":"lobby","name":" "}'],
  ["a name that is long", JSON.stringify({ type: "join", room: "lobby", name: "A".repeat(25) })],
])("who sends %s is closed with 1008", async (_, json) => {
  const conn = await ws.dial(url);
  await conn.writeMessage(ws.TextMessage, json);
  await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: ws.ClosePolicyViolation });
});

test("a page of another site is refused", async () => {
  await expect(ws.dial(url, { headers: { Origin: "http://example.com" } })).rejects.toThrow("bad handshake");
});

test("the terminal's client says what is typed, and ends with its input", async () => {
  const ada = await join("terminal", "Ada");
  await next(ada);
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=toolkit-source", run, "chat/client", "Bob", "terminal", url];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const output = text(child.stdout);
  expect(await next(ada)).toMatchObject({ type: "joined", name: "Bob" });
  child.stdin.write("hello from a terminal\n");
  expect(await next(ada)).toMatchObject({ type: "said", name: "Bob", text: "hello from a terminal" });
  await ada.writeJSON({ type: "say", text: "hello, Bob" });
  await next(ada);
  child.stdin.end();
  const [code] = (await once(child, "close")) as [number];
  expect(await output).toMatch(/^In terminal: Ada, Bob\nBob: hello from a terminal\nAda: hello, Bob\n$/);
  expect(code).toBe(0);
  ada.close();
});
