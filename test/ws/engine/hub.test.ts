import { describe, expect, test } from "vitest";
import { Hub } from "../../../src/ws/hub.js";
import * as ws from "../../../src/ws/index.js";
import type { WebSocketConn } from "../../../src/ws/web-socket-conn.js";
import { closing } from "../../support/closing.js";
import { compressions, makeConns, type PairOptions } from "./pair.js";

const keep = closing();

interface Member {
  client: WebSocketConn;
  server: WebSocketConn;
}

async function member(options?: PairOptions): Promise<Member> {
  const [client, server] = await makeConns(options);
  for (const conn of [client, server]) keep({ close: () => conn.closeNow() });
  return { client, server };
}

async function members(n: number, options?: PairOptions): Promise<Member[]> {
  return Promise.all(Array.from({ length: n }, () => member(options)));
}

async function texts({ client }: Member, n: number): Promise<string[]> {
  const got: string[] = [];
  while (got.length < n) got.push((await client.readMessage()).text());
  return got;
}

describe("a broadcast", () => {
  test("reaches all in the room, and nobody else", async () => {
    const hub = new Hub();
    const [a, b, c] = (await members(3)) as [Member, Member, Member];
    hub.join("x", a.server);
    hub.join("x", a.server);
    hub.join("x", b.server);
    hub.join("y", c.server);
    expect([hub.size("x"), hub.size("y"), hub.size("z")]).toEqual([2, 1, 0]);
    hub.broadcast("x", ws.TextMessage, "to x");
    hub.broadcast("y", ws.TextMessage, "to y");
    hub.broadcast("z", ws.TextMessage, "to nobody");
    hub.leave("x", b.server);
    hub.broadcast("x", ws.TextMessage, "again");
    hub.join("x", b.server);
    hub.broadcast("x", ws.BinaryMessage, new Uint8Array([0x21]));
    expect(await texts(a, 3)).toEqual(["to x", "again", "!"]);
    expect(await texts(b, 2)).toEqual(["to x", "!"]);
    expect(await texts(c, 1)).toEqual(["to y"]);
  });

  test("keeps its order with what is written to a member, and with those of other rooms and hubs", async () => {
    const [hub, other] = [new Hub(), new Hub()];
    const a = await member();
    hub.join("x", a.server);
    hub.join("y", a.server);
    other.join("x", a.server);
    const want = [];
    for (let i = 0; i < 50; i++) {
      const how = (i * 7) % 5;
      want.push(String(i));
      if (how === 0) void a.server.writeMessage(1, String(i));
      else if (how === 1) hub.broadcast("y", 1, String(i));
      else if (how === 2 && i % 2 === 0) other.broadcast("x", 1, String(i));
      else hub.broadcast("x", 1, String(i));
    }
    expect(await texts(a, 50)).toEqual(want);
  });

  test("leaves out those whom it must not reach", async () => {
    const hub = new Hub();
    const [a, b, c] = (await members(3)) as [Member, Member, Member];
    for (const { server } of [a, b, c]) hub.join("x", server);
    hub.broadcast("x", 1, "from a", { except: a.server });
    hub.broadcast("x", 1, "from b", { except: b.server });
    hub.broadcast("x", 1, "for c", { except: [a.server, b.server] });
    hub.broadcast("x", 1, "for all");
    expect(await texts(a, 2)).toEqual(["from b", "for all"]);
    expect(await texts(b, 2)).toEqual(["from a", "for all"]);
    expect(await texts(c, 4)).toEqual(["from a", "from b", "for c", "for all"]);
  });

  test("is compressed once for each setting, and may reach clients' conns too", async () => {
    const hub = new Hub();
    const all = [await member()];
    for (const [, compression] of compressions) all.push(...(await members(2, { compression })));
    for (const { server } of all) hub.join("x", server);
    const asClient = await member();
    hub.join("x", asClient.client);
    for (let i = 0; i < 3; i++) hub.broadcast("x", 1, `message ${i} `.repeat(20));
    const want = [0, 1, 2].map((i) => `message ${i} `.repeat(20));
    for (const each of all) expect(await texts(each, 3)).toEqual(want);
    for (const text of want) expect((await asClient.server.readMessage()).text()).toBe(text);
  });

  test("does not change when the data is changed behind it", async () => {
    const hub = new Hub();
    const a = await member();
    hub.join("x", a.server);
    const data = new TextEncoder().encode("before");
    hub.broadcast("x", 1, data);
    data.fill(0);
    expect(await texts(a, 1)).toEqual(["before"]);
  });

  test("waits for a message in fragments, and does not fall into it", async () => {
    const hub = new Hub();
    const a = await member();
    hub.join("x", a.server);
    const writer = await a.server.nextWriter(1);
    await writer.write("in ");
    hub.broadcast("x", 1, "broadcast");
    await writer.write("parts");
    await writer.close();
    expect(await texts(a, 2)).toEqual(["in parts", "broadcast"]);
  });

  test("must be text or binary", () => {
    expect(() => new Hub().broadcast("x", ws.PingMessage, "")).toThrow("websocket: bad write message type");
  });
});

test("a room of 10,000, of whatever makes a conn, gets what is broadcast, and empties when they close", async () => {
  const hub = new Hub();
  const got = new Uint16Array(10_000);
  const closers: (() => void)[] = [];
  for (let i = 0; i < got.length; i++) {
    const closed = new Promise<void>((resolve) => closers.push(resolve));
    const conn = { closed, writePreparedMessage: () => Promise.resolve(void (got[i] = (got[i] as number) + 1)) };
    hub.join("x", conn as unknown as ws.Conn);
  }
  expect(hub.size("x")).toBe(10_000);
  for (let n = 0; n < 3; n++) hub.broadcast("x", ws.TextMessage, "to all");
  expect(got.every((n) => n === 3)).toBe(true);
  for (const close of closers) close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(hub.rooms()).toEqual([]);
});

describe("a member", () => {
  test("leaves by itself when it closes, and its rooms are forgotten", async () => {
    const hub = new Hub();
    const [a, b] = (await members(2)) as [Member, Member];
    for (const room of ["x", "y"]) for (const { server } of [a, b]) hub.join(room, server);
    expect(hub.members("x")).toEqual([a.server, b.server]);
    a.client.close();
    await a.server.closed;
    expect([hub.size("x"), hub.size("y")]).toEqual([1, 1]);
    b.client.closeNow();
    await b.server.closed;
    expect(hub.rooms()).toEqual([]);
    hub.broadcast("x", 1, "nobody");
  });

  test.each(["drop", "close"] as const)("that is too slow: %s", async (onSlow) => {
    const hub = new Hub({ onSlow, maxQueuedBytes: 200_000 });
    const [slow, quick] = (await members(2)) as [Member, Member];
    for (const { server } of [slow, quick]) hub.join("x", server);
    const data = new Uint8Array(100_000);
    let sent = 0;
    while (hub.dropped === 0 && sent < 1000) {
      hub.broadcast("x", 2, data);
      sent++;
      expect((await quick.client.readMessage()).data.byteLength).toBe(100_000);
    }
    expect(hub.dropped).toBe(1);
    if (onSlow === "close") {
      let last: unknown;
      try {
        for (;;) await slow.client.readMessage();
      } catch (err) {
        last = err;
      }
      expect(last).toMatchObject({ closeCode: 1008, text: "too slow" });
      await slow.server.closed;
      expect(hub.size("x")).toBe(1);
    } else {
      for (let i = 1; i < sent; i++) expect((await slow.client.readMessage()).data.byteLength).toBe(100_000);
      hub.broadcast("x", 1, "quick enough again");
      expect((await slow.client.readMessage()).text()).toBe("quick enough again");
    }
  });
});
