// The server with players over WebSocket, over UDP, and in a terminal.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as udp from "toolkit/udp";
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Running } from "../shared/run-server.js";
import { seal } from "./datagram.js";
import { serveGame } from "./server.js";
import { join, type Session } from "./session.js";
import type { PlayerView, Snapshot } from "./snapshot.js";

let server: Running;
let url: string;
beforeAll(async () => {
  server = await serveGame("127.0.0.1:0");
  url = `${server.url.replace("http", "ws")}/`;
});
afterAll(() => server[Symbol.asyncDispose]());

/** Plays, and waits for what is to be seen. */
class TestPlayer implements Disposable {
  readonly session: Session;
  readonly id: number;
  names: readonly string[] = [];
  #look: (snapshot: Snapshot) => void = () => this.steer(0, 0);

  constructor(session: Session) {
    this.session = session;
    this.id = session.welcome.id;
    const events = {
      snapshot: (snapshot: Snapshot) => this.#look(snapshot),
      names: (names: Readonly<Record<number, string>>) => (this.names = Object.values(names)),
    };
    session.run(events).catch(() => {});
  }

  static async join(name: string): Promise<TestPlayer> {
    return new TestPlayer(await join(url, name));
  }

  steer(x: number, y: number): void {
    this.session.send(this.session.nextInput(x, y));
  }

  /** Resolves to the first snapshot of which this is true; `act` runs for each before. */
  see(isTrue: (snapshot: Snapshot) => boolean, act: () => void = () => this.steer(0, 0)): Promise<Snapshot> {
    return new Promise((resolve) => {
      this.#look = (snapshot) => {
        if (!isTrue(snapshot)) return act();
        resolve(snapshot);
        this.#look = () => this.steer(0, 0); // or the server would think that we do not get on
      };
    });
  }

  [Symbol.dispose](): void {
    this.session.leave();
  }
}

function playerIn({ players }: Snapshot, id: number): PlayerView {
  const found = players.find((player) => player.id === id);
  if (found === undefined) throw new RangeError(`There is no player ${id}`);
  return found;
}

const has = (id: number) => (snapshot: Snapshot) => snapshot.players.some((player) => player.id === id);
/** Steers to where there is more room. */
const roomier = ({ x }: PlayerView) => (x < 500 ? 127 : -127);

test("two players see each other move, and one leave", async () => {
  using ada = await TestPlayer.join("Ada");
  const bob = await TestPlayer.join("Bob");
  const before = playerIn(await bob.see(has(ada.id)), ada.id);
  const toX = roomier(before);
  const hasMoved = (snapshot: Snapshot) => Math.abs(playerIn(snapshot, ada.id).x - before.x) > 50;
  const [seenByAda, seenByBob] = await Promise.all([ada.see(hasMoved, () => ada.steer(toX, 0)), bob.see(hasMoved)]);
  expect(ada.names).toEqual(["Ada", "Bob"]);
  for (const snapshot of [seenByAda, seenByBob]) {
    expect(Math.sign(playerIn(snapshot, ada.id).x - before.x)).toBe(Math.sign(toX));
  }
  bob.session.leave();
  await ada.see((snapshot) => !has(bob.id)(snapshot));
  expect(ada.names).toEqual(["Ada"]);
});

test("a native client steers with datagrams, whatever order they arrive in, and from wherever", async () => {
  using ada = await TestPlayer.join("Ada");
  const { key, udpPort } = ada.session.welcome;
  const before = playerIn(await ada.see(has(ada.id)), ada.id);
  const x = roomier(before);
  const secret = Buffer.from(key, "base64");
  await using first = await udp.dial(`127.0.0.1:${udpPort}`);
  await using second = await udp.dial(`127.0.0.1:${udpPort}`); // as if its network had changed
  let count = 0;
  const send = () => {
    const [older, newer] = [ada.session.nextInput(-x, 0), ada.session.nextInput(x, 0)];
    const conn = count++ % 2 === 0 ? first : second;
    void conn.write(seal(secret, ada.id, newer)).then(() => conn.write(seal(secret, ada.id, older)));
    void conn.write(seal(new Uint8Array(32), ada.id, { seq: 1e6, seen: 0, x: -x, y: 0 })); // not ours
  };
  const moved = await ada.see((snapshot) => Math.abs(playerIn(snapshot, ada.id).x - before.x) > 50, send);
  expect(Math.sign(playerIn(moved, ada.id).x - before.x)).toBe(Math.sign(x));
  expect(playerIn(moved, ada.id).seq).toBeLessThan(1e6);
});

test("what is too long, or nothing of ours, ends the connection; a page of another site is refused", async () => {
  const conn = await ws.dial(url);
  await conn.writeMessage(ws.TextMessage, "x".repeat(257));
  await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: ws.CloseMessageTooBig });
  const odd = await ws.dial(url);
  await odd.writeMessage(ws.TextMessage, '{"type":"ping","at":1}');
  await expect(odd.readMessage()).rejects.toMatchObject({ closeCode: ws.ClosePolicyViolation, text: "Join first" });
  await expect(ws.dial(url, { headers: { Origin: "http://example.com" } })).rejects.toThrow("bad handshake");
});

test("the page and its program are there", async () => {
  expect(await (await fetch(server.url)).text()).toContain("<title>Coins</title>");
  const script = await fetch(`${server.url}/page.js`);
  expect(script.headers.get("Content-Type")).toContain("text/javascript");
  expect(await script.text()).not.toContain("node:");
});

test("the terminal's client steers with what is typed, and ends with its input", async () => {
  using ada = await TestPlayer.join("Ada");
  await ada.see(has(ada.id));
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=toolkit-source", run, "game/client", "Bob", url];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  const joined = await ada.see(({ players }) => players.length === 2);
  const bob = joined.players.find(({ id }) => id !== ada.id);
  if (bob === undefined || child.stdin === null || child.stdout === null) throw new Error("Bob is not there");
  const [said] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  child.stdout.resume();
  child.stdin.write(bob.x < 500 ? "d" : "\u001b[D");
  const moved = await ada.see((snapshot) => Math.abs(playerIn(snapshot, bob.id).x - bob.x) > 50);
  expect(Math.sign(playerIn(moved, bob.id).x - bob.x)).toBe(bob.x < 500 ? 1 : -1);
  expect(said).toMatch(/^(pause, )?\d+ s {2}.*Bob \d/);
  child.stdin.end();
  expect(await closed).toEqual([0, null]);
  await ada.see((snapshot) => !has(bob.id)(snapshot));
});
