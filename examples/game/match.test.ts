// The match alone: the test makes the steps, so it knows how many there were.
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seal } from "./datagram.js";
import { encodeInput } from "./input.js";
import { Match, maxUnderWay } from "./match.js";
import type { FromServer, Welcome } from "./protocol.js";
import { decodeSnapshot, type Snapshot } from "./snapshot.js";

let listener: ws.WSListener;
let match: Match;
beforeAll(async () => {
  listener = await ws.listen("127.0.0.1:0");
  void (async () => {
    for await (const conn of listener) void match.serve(conn, 1);
  })();
});
afterAll(() => listener.close());

/** Joins and reads up to the names, with which all is told. */
async function join(name: string): Promise<{ conn: ws.Conn; welcome: Welcome }> {
  const conn = await ws.dial(listener.addr.toString());
  await conn.writeJSON({ type: "join", name });
  const welcome = await conn.readJSON<Welcome>();
  expect(await conn.readJSON<FromServer>()).toMatchObject({ type: "names" });
  return { conn, welcome };
}

async function next(conn: ws.Conn): Promise<Snapshot> {
  return decodeSnapshot((await conn.readMessage()).data);
}

/** Waits until the server has taken all that was sent before. */
async function settle(conn: ws.Conn): Promise<void> {
  await conn.writeJSON({ type: "ping", at: 1 });
  expect(await conn.readJSON<FromServer>()).toEqual({ type: "pong", at: 1 });
}

function tick(count: number): void {
  for (let i = 0; i < count; i++) match.tick();
}

test("who does not say what has arrived gets no more snapshots, and then the newest alone", async () => {
  match = new Match(1);
  const { conn } = await join("Slow");
  tick(100);
  for (let n = 1; n <= maxUnderWay; n++) expect((await next(conn)).tick).toBe(n);
  await settle(conn); // there is nothing else under way
  await conn.writeMessage(ws.BinaryMessage, encodeInput({ seq: 1, seen: maxUnderWay, x: 0, y: 0 }));
  await settle(conn);
  tick(100);
  for (let n = 1; n <= maxUnderWay; n++) expect((await next(conn)).tick).toBe(100 + n);
  await settle(conn);
  conn.close();
});

test("of inputs the newest counts: what is late, or comes twice, changes nothing", async () => {
  match = new Match(1);
  const { conn, welcome } = await join("Ada");
  const key = Buffer.from(welcome.key, "base64");
  const sent = (seq: number, x: number) => seal(key, welcome.id, { seq, seen: 0, x, y: 0 });
  match.takeDatagram(sent(5, 127));
  match.takeDatagram(sent(4, -127));
  match.takeDatagram(sent(5, -127));
  tick(1);
  const [player] = (await next(conn)).players;
  expect(player?.seq).toBe(5);
  expect(player?.vx).toBeGreaterThan(0);
  conn.close();
});

test("a datagram that another player signed steers nobody", async () => {
  match = new Match(1);
  const [ada, bob] = [await join("Ada"), await join("Bob")];
  await ada.conn.readMessage(); // Bob's name
  const forged = seal(Buffer.from(bob.welcome.key, "base64"), ada.welcome.id, { seq: 9, seen: 0, x: 127, y: 0 });
  match.takeDatagram(forged);
  match.takeDatagram(new Uint8Array(0));
  match.takeDatagram(new Uint8Array(27));
  tick(1);
  const snapshot = await next(ada.conn);
  expect(snapshot.players.map(({ seq, vx }) => [seq, vx])).toEqual([
    [0, 0],
    [0, 0],
  ]);
  ada.conn.close();
  bob.conn.close();
});

test("who says to have seen what there is not yet gains nothing by it", async () => {
  match = new Match(1);
  const { conn } = await join("Liar");
  await conn.writeMessage(ws.BinaryMessage, encodeInput({ seq: 1, seen: 4e9, x: 0, y: 0 }));
  await settle(conn);
  tick(50);
  for (let n = 1; n <= maxUnderWay; n++) expect((await next(conn)).tick).toBe(n);
  await settle(conn);
  conn.close();
});

test("who only sends and does not steer is sent away in the end", async () => {
  match = new Match(1, { idleSeconds: 1 });
  const { conn } = await join("Asleep");
  await conn.writeMessage(ws.BinaryMessage, encodeInput({ seq: 1, seen: 0, x: 0, y: 0 }));
  await settle(conn);
  tick(31);
  await expect(drain(conn)).rejects.toMatchObject({ closeCode: 4001 });
});

test("datagrams beyond what a player may send are not taken, until there was time for more", async () => {
  let now = 0;
  match = new Match(1, { now: () => now });
  const { conn, welcome } = await join("Flood");
  const key = Buffer.from(welcome.key, "base64");
  for (let seq = 1; seq <= 1000; seq++) match.takeDatagram(seal(key, welcome.id, { seq, seen: 0, x: 0, y: 0 }));
  tick(1);
  expect((await next(conn)).players[0]?.seq).toBe(60);
  now += 1000;
  match.takeDatagram(seal(key, welcome.id, { seq: 2000, seen: 0, x: 0, y: 0 }));
  tick(1);
  expect((await next(conn)).players[0]?.seq).toBe(2000);
  conn.close();
});

test("messages beyond that end the connection", async () => {
  match = new Match(1, { now: () => 0 });
  const { conn } = await join("Flood");
  for (let seq = 1; seq <= 100; seq++) {
    await conn.writeMessage(ws.BinaryMessage, encodeInput({ seq, seen: 0, x: 0, y: 0 })).catch(() => {});
  }
  await expect(drain(conn)).rejects.toMatchObject({ closeCode: 1008, text: "Too many messages" });
});

test("there are so many places, and one that is left is free", async () => {
  match = new Match(1, { maxPlayers: 1 });
  const { conn } = await join("Ada");
  const late = await ws.dial(listener.addr.toString());
  await late.writeJSON({ type: "join", name: "Bob" });
  await expect(late.readMessage()).rejects.toMatchObject({ closeCode: 4000 });
  conn.close();
  await conn.closed;
  const { welcome } = await join("Bob");
  expect(welcome.id).toBe(0);
});

async function drain(conn: ws.Conn): Promise<never> {
  for (;;) await conn.readMessage();
}
