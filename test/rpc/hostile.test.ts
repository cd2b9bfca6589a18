import fc from "fast-check";
import { pipe } from "toolkit/net";
import { type Client, newClient, type Reply, Server, type ServerOptions } from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { Arith } from "./arith.js";
import { fakeConn, fromHex, Hand } from "./wire.js";

class Keep {
  readonly kept: unknown[] = [];
  All(args: unknown, _reply: Reply): void {
    this.kept.push(args);
  }
}

const open: Client[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

/** A server with a peer by hand, and a good client that must not notice. */
function served(options: ServerOptions = {}) {
  const errors: unknown[] = [];
  const server = new Server({ onError: (err) => errors.push(err), ...options });
  const keep = new Keep();
  server.register(new Arith());
  server.register(keep);
  const [bad, theirs] = pipe();
  const [good, ours] = pipe();
  const done = server.serveConn(theirs, { codec: "msgpack" });
  void server.serveConn(ours, { codec: "msgpack" });
  const client = newClient(good);
  open.push(client);
  return { hand: new Hand(bad), done, errors, keep, client };
}

const request = (method: string, body: string, seq = "00") =>
  `82a3536571${seq}ad536572766963654d6574686f64${Buffer.from([0xa0 | method.length]).toString("hex")}${Buffer.from(method).toString("hex")}${body}`;

describe("a hostile peer", () => {
  test.each([
    ["garbage", "c1c1c1c1"],
    ["text", Buffer.from("GET / HTTP/1.1\r\n\r\n").toString("hex")],
    ["a header that is a list", "93010203"],
    ["a header that is deep", "91".repeat(5000)],
    ["a header of a gigabyte", "df3fffffff"],
    ["an endless string", `82a3536571dbffffffff${"61".repeat(100)}`],
    ["a name of two megabytes", "81ad536572766963654d6574686f64db00200000"],
    ["a header of types that mean nothing", "82a353657191c0ad536572766963654d6574686f64c3"],
  ])("that sends %s is cut off, and nobody else notices", async (_, hex) => {
    const { hand, done, errors, client } = served();
    await hand.send(hex).catch(() => {}); // it may be cut off within
    await done;
    expect(errors).toHaveLength(1);
    expect(String(errors[0])).toMatch(/rpc: server cannot decode request: msgpack: /);
    expect(await hand.receiveSome()).toBeNull();
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  });

  test("that sends a body beyond a limit is told, and cut off", async () => {
    for (const body of ["dbffffffff", "91".repeat(101), "c1"]) {
      const { hand, done } = served();
      const answer = hand.receiveSome();
      await hand.send(request("Keep.All", body)).catch(() => {});
      expect(Buffer.from((await answer) ?? "", "hex").toString()).toContain("msgpack: ");
      expect(await hand.receiveSome()).toBeNull();
      await done;
    }
  });

  test("cannot make objects that it should not", async () => {
    const bodies: [string, number][] = [
      ["d4724092a161a162c0c0", 0x72], // a record, whose reader would be compiled
      ["d465009201a178", 0x65], // an Error
      ["d4780092a22829a0", 0x78], // a RegExp
      ["d6690000000190", 0x69], // a cycle
      ["d67000000001", 0x70],
      ["c70374010102", 0x74], // a typed array
      ["c7056200000005a0a0c0c0", 0x62], // strings in a bundle
      ["d4730090", 0x73], // a Set
      ["c70242ff00", 0x42], // a large integer
    ];
    for (const [body, type] of bodies) {
      const { hand, keep, client } = served();
      const answer = hand.receiveSome();
      await hand.send(request("Keep.All", body)).catch(() => {}); // what follows the type may be no header
      expect(Buffer.from((await answer) ?? "", "hex").toString("latin1")).toContain(`unknown extension type ${type}`);
      expect(keep.kept).toEqual([]);
      expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
      hand.conn.close();
    }
  });

  test("cannot reach a prototype through keys", async () => {
    const { hand, done, keep } = served();
    const key = (name: string) => Buffer.from([0xa0 | name.length]).toString("hex") + Buffer.from(name).toString("hex");
    const answer = hand.receiveSome();
    await hand.send(
      request("Keep.All", `83${key("__proto__")}81${key("bad")}c3${key("constructor")}01${key("toString")}02`),
    );
    await answer;
    hand.conn.close();
    await done;
    const [kept] = keep.kept as Record<string, unknown>[];
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
    expect(kept?.["bad"]).toBeUndefined();
    expect(kept?.["constructor"]).toBe(1);
    expect(({} as Record<string, unknown>)["bad"]).toBeUndefined();
  });

  test("that claims much gets memory for what it sends only", async () => {
    const { hand, done } = served();
    const before = process.memoryUsage().arrayBuffers;
    await hand.send(`db01ffffff${"61".repeat(1000)}`);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    hand.conn.close();
    await done;
  });

  test("that reads no replies is not read from any more", async () => {
    let taken = 0;
    const text = "y".repeat(100_000);
    class Large {
      Text(_args: unknown, reply: Reply<string>): void {
        reply.value = text;
      }
    }
    const server = new Server();
    server.register(new Large());
    const one = fromHex(request("Large.Text", "c0"));
    const conn = fakeConn(() => new Promise<number>(() => {}));
    const read = async (p: Uint8Array) => {
      taken++;
      p.set(one);
      await Promise.resolve();
      return one.byteLength;
    };
    void server.serveConn({ read, write: (p) => conn.write(p), close: () => conn.close() });
    for (let i = 0; i < 1000; i++) await Promise.resolve();
    expect(taken).toBeGreaterThan(5);
    expect(taken).toBeLessThan(40);
    await server.shutdown({ graceMs: 0 });
  });

  test("that vanishes at any byte leaves nothing behind", async () => {
    const whole = fromHex(
      request("Keep.All", "82a16101a162920203") + request("Arith.Multiply", "82a14107a14208", "01"),
    );
    for (let n = 0; n <= whole.byteLength; n++) {
      const { hand, done, errors } = served();
      void hand.receiveSome().catch(() => {});
      if (n > 0) await hand.conn.write(whole.subarray(0, n));
      hand.conn.close();
      await done;
      for (const err of errors) expect(String(err)).toMatch(/unexpected EOF|closed pipe/);
    }
  });

  test("sends whatever it likes: the server ends, and never throws", async () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const start = fc.constantFrom("", request("Keep.All", ""), request("Arith.Multiply", "82a14107"));
    await fc.assert(
      fc.asyncProperty(start, bytes, async (prefix, rest) => {
        const { hand, done, client } = served();
        const drain = (async () => {
          while ((await hand.receiveSome()) !== null);
        })();
        await hand.conn.write(Buffer.concat([fromHex(prefix), rest, Uint8Array.of(0xc0)])).catch(() => {});
        await hand.conn.closeWrite();
        await Promise.all([done, drain]);
        client.close();
      }),
      { numRuns: 200 },
    );
  });

  test("mutates one byte of a good stream: the server ends, and never throws", async () => {
    const good = fromHex(
      request("Keep.All", "83a16101a162920203a163c40201ff") + request("Arith.Multiply", "82a14107a14208", "01"),
    );
    for (let at = 0; at < good.byteLength; at++) {
      for (const byte of [0x00, 0x80, 0x9f, 0xc1, 0xc7, 0xd4, 0xdb, 0xdf, 0xff]) {
        const { hand, done, client } = served({ maxMessageBytes: 10_000 });
        const mutant = good.slice();
        mutant[at] = byte;
        const drain = (async () => {
          while ((await hand.receiveSome()) !== null);
        })();
        await hand.conn.write(mutant).catch(() => {});
        await hand.conn.closeWrite();
        await Promise.all([done, drain]);
        client.close();
      }
    }
  });
});
