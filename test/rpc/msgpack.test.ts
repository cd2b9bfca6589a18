import { readFileSync } from "node:fs";
import { pipe } from "toolkit/net";
import { newClient, type Reply, Server, ServerError } from "toolkit/rpc";
import { describe, expect, test } from "vitest";
import { Arith } from "./arith.js";
import { peer, toHex } from "./wire.js";

interface Exchange {
  name: string;
  request: string;
  response: string;
}

const file = new URL("../testdata/rpc/msgpack.json", import.meta.url);
const { exchanges } = JSON.parse(readFileSync(file, "utf8")) as { exchanges: Exchange[] };
const golden = (name: string): Exchange => exchanges.find((each) => each.name === name) as Exchange;

class Echo {
  readonly seen: unknown[] = [];
  Kinds(args: unknown, reply: Reply): void {
    this.seen.push(args);
    reply.value = args;
  }
  Text(args: unknown, reply: Reply): void {
    reply.value = args;
  }
  Bytes(args: unknown, reply: Reply): void {
    reply.value = args;
  }
  Time(args: unknown, reply: Reply): void {
    reply.value = args;
  }
}

function served(): { hand: ReturnType<typeof peer>["hand"]; done: Promise<void>; echo: Echo } {
  const server = new Server();
  const echo = new Echo();
  server.register(new Arith());
  server.register(echo);
  const { conn, hand } = peer();
  return { hand, done: server.serveConn(conn), echo };
}

/** What both ends write alike: no strings of 32 to 255 bytes in a body, no map that Go sorts in another way. */
const alike = [
  "a number",
  "a struct",
  "an error of the method",
  "an unknown method",
  "an unknown service",
  "no dot",
  "text",
];

describe("bytes captured from Go", () => {
  test.each(alike)("our server answers %s with the same bytes", async (name) => {
    const { request, response } = golden(name);
    const { hand, done } = served();
    await hand.send(request);
    expect(await hand.receive(response.length / 2)).toBe(response);
    hand.conn.close();
    await done;
  });

  test.each(alike)("our server answers %s that comes byte by byte", async (name) => {
    const { request, response } = golden(name);
    const { hand, done } = served();
    const answer = hand.receive(response.length / 2);
    await hand.trickle(request);
    expect(await answer).toBe(response);
    hand.conn.close();
    await done;
  });

  test("our server answers all exchanges of one stream in order", async () => {
    const { hand, done } = served();
    const some = alike.map(golden);
    const all = some.map(({ response }) => response).join("");
    const answer = hand.receive(all.length / 2);
    await hand.send(some.map(({ request }) => request).join(""));
    expect(await answer).toBe(all);
    hand.conn.close();
    await done;
  });

  test("our client sends the same bytes, and reads Go's answers", async () => {
    const { conn, hand } = peer();
    const client = newClient(conn);
    const arith = client.service<Arith>("Arith");
    const calls: [string, () => Promise<unknown>, unknown][] = [
      ["a number", () => arith.Multiply({ A: 7, B: 8 }), 56],
      ["a struct", () => arith.Divide({ A: 17, B: 5 }), { Quo: 3, Rem: 2 }],
      ["an error of the method", () => arith.Divide({ A: 1, B: 0 }), new ServerError("divide by zero")],
      [
        "an unknown method",
        () => client.call("Arith.BadOperation", { A: 1, B: 2 }),
        new ServerError("rpc: can't find method Arith.BadOperation", { code: "ERR_RPC_NO_METHOD" }),
      ],
    ];
    for (const [name, call, outcome] of calls) {
      const { request, response } = golden(name);
      const result = call().catch((err: unknown) => err);
      expect(await hand.receive(request.length / 2), name).toBe(request);
      await hand.trickle(response);
      expect(await result, name).toEqual(outcome);
    }
    client.close();
  });

  test("every kind of value that Go sends is understood", async () => {
    const { hand, done, echo } = served();
    const [answer] = await Promise.all([hand.receiveSome(), hand.trickle(golden("all kinds").request)]);
    expect(answer).not.toBeNull();
    expect(echo.seen).toEqual([
      {
        Bool: true,
        Small: 5,
        Minus: -300,
        Big: -(2n ** 62n),
        Huge: 2n ** 64n - 1n,
        Float: 1.5,
        Single: 0.25,
        Text: "text",
        Long: "long ".repeat(14),
        Bytes: "\u0001\u0002\u0003", // Go writes []byte as a string unless WriteExt is set
        List: [1, 200, 70_000],
        Table: { one: 1 },
        Nothing: null,
        Nested: { Quo: 3, Rem: 1 },
      },
    ]);
    hand.conn.close();
    await done;
  });
});

describe("headers", () => {
  const answerTo = async (request: string): Promise<string | null> => {
    const { hand, done } = served();
    const answer = hand.receiveSome();
    await hand.send(request).catch(() => {});
    const hex = await answer;
    hand.conn.close();
    await done;
    return hex;
  };
  const seq = "a3536571";
  const method = "ad536572766963654d6574686f64ae41726974682e4d756c7469706c79";
  const args = "82a14107a14208";
  const answer = (seqHex: string) => `83a54572726f72a0${seq}${seqHex}${method}38`;

  test("may have their keys in any order, missing, or more of them", async () => {
    expect(await answerTo(`82${method}${seq}05${args}`)).toBe(answer("05"));
    expect(await answerTo(`81${method}${args}`)).toBe(answer("00"));
    expect(await answerTo(`83${method}a44d65746182a16101a162920102${seq}05${args}`)).toBe(answer("05"));
    expect(await answerTo(`de0002${seq}05${method}${args}`)).toBe(answer("05"));
  });

  test("give numbers of every size back as they are", async () => {
    for (const n of ["7f", "cc80", "ccff", "cd0100", "cdffff", "ce00010000", "ceffffffff"]) {
      expect(await answerTo(`82${seq}${n}${method}${args}`)).toBe(answer(n));
    }
    for (const n of ["cf0000000100000000", "cf001fffffffffffff", "cf0020000000000001", "cfffffffffffffffff"]) {
      expect(await answerTo(`82${seq}${n}${method}${args}`)).toBe(answer(n));
    }
  });

  test("that are none end the connection without an answer", async () => {
    const bad = [
      `90${args}`,
      `05${args}`,
      `82${seq}ff${method}${args}`,
      `82${seq}a161${method}${args}`,
      `81${method.slice(0, 28)}05${args}`,
    ];
    for (const request of bad) expect(await answerTo(request), request).toBeNull();
  });
});

test("calls of one tick leave in one write, and so do their replies", async () => {
  const [ours, theirs] = pipe();
  const sizes = { ours: [] as number[], theirs: [] as number[] };
  const counted = (conn: typeof ours, into: number[]) => ({
    read: (p: Uint8Array) => conn.read(p),
    write: (p: Uint8Array) => {
      into.push(p.byteLength);
      return conn.write(p);
    },
    close: () => conn.close(),
  });
  const server = new Server();
  server.register(new Arith());
  void server.serveConn(counted(theirs, sizes.theirs), { codec: "msgpack" });
  const client = newClient(counted(ours, sizes.ours));
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, i) => client.call("Arith.Multiply", { A: i, B: 2 })),
  );
  expect(replies).toEqual(Array.from({ length: 50 }, (_, i) => i * 2));
  expect(sizes.ours).toEqual([50 * 42]);
  expect(sizes.theirs).toHaveLength(1);
  await server.shutdown();
});

test("large messages pass, in both directions", async () => {
  const [ours, theirs] = pipe();
  const server = new Server();
  server.register(new Echo());
  void server.serveConn(theirs);
  const client = newClient(ours);
  const large = new Uint8Array(3_000_000).map((_, i) => i * 31);
  const [back, text] = await Promise.all([
    client.call<Uint8Array>("Echo.Bytes", large),
    client.call<string>("Echo.Text", "y".repeat(2_000_000)),
  ]);
  expect(toHex(back) === toHex(large)).toBe(true);
  expect(back).toBeInstanceOf(Uint8Array);
  expect(text).toBe("y".repeat(2_000_000));
  await server.shutdown();
});
