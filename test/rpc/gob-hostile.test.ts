import fc from "fast-check";
import { Decoder, Encoder, int, type Schema, slice, string, struct, uint } from "toolkit/gob";
import { ClosedError, pipe, UnexpectedEOFError } from "toolkit/net";
import { type CodecLimits, newClient, Server } from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { GobClientCodec } from "../../src/rpc/gob/client-codec.js";
import { GobServerCodec } from "../../src/rpc/gob/server-codec.js";
import { Args, Arith, arith, Echo, echo, Reply } from "./gob-services.js";
import { fakeConn, fromHex, Hand, toHex } from "./wire.js";

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

/** A server with a peer by hand. */
function served(limits: CodecLimits = {}) {
  const errors: unknown[] = [];
  const server = new Server({ onError: (err) => errors.push(err) });
  server.register(new Arith(), arith);
  server.register(new Echo(), echo);
  const [bad, theirs] = pipe();
  opened.push(bad);
  const done = server.serveCodec(new GobServerCodec(theirs, limits));
  return { hand: new Hand(bad), done, errors };
}

const Request = struct("Request", { ServiceMethod: string, Seq: uint });

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** All that arrives, as far as it is text. */
async function textOf(hand: Hand): Promise<string> {
  let hex = "";
  for (let some = await hand.receiveSome(); some !== null; some = await hand.receiveSome()) hex += some;
  return Buffer.from(hex, "hex").toString();
}

/** A conn that gives these bytes. */
function pipeOf(bytes: Uint8Array) {
  const [ours, theirs] = pipe();
  opened.push(ours);
  void ours.write(bytes).catch(() => {});
  return theirs;
}

/** The bytes of a request. */
function request(serviceMethod: string, body: unknown, schema: Schema): string {
  const encoder = new Encoder();
  encoder.append({ ServiceMethod: serviceMethod, Seq: 1 }, Request);
  encoder.append(body, schema);
  return toHex(encoder.take());
}

describe("a hostile peer", () => {
  // what Go's own server does with each is said behind it
  test.each([
    ["a length of nine bytes", "f7ffffffffffffffffff", /encoded unsigned integer out of range/], // closes
    ["a length of all bits", "f8ffffffffffffffff", /invalid message length/], // closes
    ["a gigabyte to come", "fc3fffffff", /message of 1073741823 bytes is longer than 33554432/], // waits for ever
    ["a message of nothing", "00", /unexpected EOF/], // closes
    ["no struct", "03040006", /want struct type Request; got non-struct/], // closes
    ["a type of a reserved id", "037d0300", /gob: duplicate type received/], // closes
    ["all ones", "05ffffffffff", /gob: bad data: field numbers out of bounds/], // closes
  ])("that sends %s is cut off", async (_, hex, words) => {
    const { hand, done, errors } = served();
    const answer = hand.receiveSome();
    await hand.send(hex).catch(() => {}); // it may be cut off within
    await hand.conn.closeWrite().catch(() => {});
    expect(await answer).toBeNull();
    await done;
    expect(errors).toHaveLength(1);
    expect(String(errors[0])).toMatch(words);
  });

  test("that sends text is waited for until it ends", async () => {
    const { hand, done, errors } = served();
    await hand.conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    await hand.conn.closeWrite();
    await done;
    expect(errors).toEqual([expect.any(UnexpectedEOFError)]);
  });

  test("that ends in the middle of a request is answered nothing", async () => {
    const whole = fromHex(request("Arith.Add", { A: 1, B: 2 }, Args));
    for (let at = 1; at < whole.length; at++) {
      const { hand, done, errors } = served();
      const answer = hand.receiveSome();
      await hand.conn.write(whole.subarray(0, at));
      await hand.conn.closeWrite();
      await answer;
      await done;
      expect(errors, `${at} bytes`).toEqual([expect.any(UnexpectedEOFError)]);
    }
  });

  test("that sends a message above the limit is cut off before it is there", async () => {
    const { hand, done, errors } = served({ maxMessageBytes: 1000 });
    const answer = hand.receiveSome();
    await hand.send(`${request("Echo.Text", "x", string)}fe03e9`).catch(() => {});
    expect(Buffer.from((await answer) ?? "", "hex").toString()).toContain("Echo.Text");
    await done;
    const words = "gob: message of 1001 bytes is longer than 1000 (option maxMessageBytes)";
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining(words) as string })]);
  });

  test.each([
    ["maxItems", { maxItems: 10 }, slice(int), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], /more than 10 elements/],
    ["maxDepth", { maxDepth: 3 }, slice(slice(slice(slice(int)))), [[[[1]]]], /nested deeper than 3/],
  ])("that sends a body beyond %s is told, and served on", async (_, limits, schema: Schema, value, words) => {
    const { hand, errors } = served(limits);
    const answer = textOf(hand);
    const encoder = new Encoder();
    const add = (serviceMethod: string, body: unknown, type: Schema) => {
      encoder.append({ ServiceMethod: serviceMethod, Seq: 1 }, Request);
      encoder.append(body, type);
    };
    add("Any.Thing", value, schema);
    add("Echo.Table", value, schema);
    add("Arith.Multiply", { A: 7, B: 8 }, Args);
    await hand.conn.write(encoder.take());
    await hand.conn.closeWrite();
    const text = await answer;
    expect(text).toContain("can't find service Any.Thing");
    expect(text).toContain("Arith.Multiply");
    expect(errors).toEqual([]);
    const codec = new GobServerCodec(pipeOf(fromHex(request("A.B", value, schema))), limits);
    opened.push(codec);
    await codec.readRequestHeader();
    await expect(async () => codec.readRequestBody({})).rejects.toThrow(words);
  });

  test("that sends any bytes ends the connection, or is served, and nothing waits for ever", async () => {
    const good = fromHex(request("Arith.Add", { A: 1, B: 2 }, Args) + request("Echo.Text", "text", string));
    const place = fc.record({ at: fc.nat(good.length - 1), bits: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 4 }), async (places) => {
        const bytes = good.slice();
        for (const { at, bits } of places) bytes[at] = (bytes[at] as number) ^ bits;
        const { hand, done, errors } = served();
        const drained = textOf(hand);
        await hand.conn.write(bytes).catch(() => {});
        await hand.conn.closeWrite().catch(() => {});
        await done;
        await drained;
        expect(errors.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a conn", () => {
  test("that fails to write fails the calls, and all that come", async () => {
    const broken = new Error("fake write failure");
    const conn = fakeConn(() => Promise.reject(broken));
    const client = newClient(conn, { codec: "gob" });
    await expect(client.call("A.B", 1)).rejects.toBe(broken);
    await client.closed;
    expect(conn.closes).toBeGreaterThan(0);
  });

  test("that never settles is not waited for, once it is closed", async () => {
    const conn = { read: () => new Promise<null>(() => {}), write: () => new Promise<number>(() => {}), close() {} };
    const codec = new GobClientCodec(conn);
    const header = codec.readResponseHeader();
    void codec.writeRequest({ serviceMethod: "A.B", seq: 1 }, 1);
    codec.close();
    await expect(header).rejects.toThrow(ClosedError);
    await expect(async () => codec.readResponseHeader()).rejects.toThrow(ClosedError);
    expect(() => codec.writeRequest({ serviceMethod: "A.B", seq: 1 }, 1)).toThrow(ClosedError);
    codec.close();
  });

  test("that fails to read fails all that wait", async () => {
    const broken = new Error("fake read failure");
    const conn = { ...fakeConn((p) => Promise.resolve(p.byteLength)), read: () => Promise.reject(broken) };
    const client = newClient(conn, { codec: "gob" });
    await expect(client.call("A.B", 1)).rejects.toBe(broken);
  });

  test("that takes its time makes those wait who write more than a MiB", async () => {
    let take = () => {};
    let isSlow = true;
    const conn = fakeConn((p) =>
      isSlow ? new Promise((resolve) => (take = () => resolve(p.byteLength))) : Promise.resolve(p.byteLength),
    );
    opened.push(conn);
    const codec = new GobServerCodec(conn);
    const write = () => codec.writeResponse({ serviceMethod: "A.B", seq: 1, error: "" }, "x".repeat(400_000));
    expect([write(), write()]).toEqual([undefined, undefined]);
    const full = write();
    expect(full).toBeInstanceOf(Promise);
    await settled();
    isSlow = false;
    take();
    await full;
    await codec.flush();
  });

  test("that takes a part of each write gets the rest", async () => {
    const taken: number[] = [];
    const conn = fakeConn((p) => Promise.resolve(taken.push(...p.subarray(0, 7)) && Math.min(7, p.byteLength)));
    opened.push(conn);
    const codec = new GobServerCodec(conn);
    void codec.writeResponse({ serviceMethod: "A.B", seq: 1, error: "" }, { C: 5 }, { schema: Reply });
    await codec.flush();
    const decoder = new Decoder();
    decoder.push(Uint8Array.from(taken));
    expect([decoder.decode(), decoder.decode()]).toMatchObject([{ ServiceMethod: "A.B", Seq: 1 }, { C: 5 }]);
  });

  test("that is closed lets go of those who wait for it", async () => {
    const conn = fakeConn(() => new Promise(() => {}));
    const codec = new GobServerCodec(conn);
    void codec.writeResponse({ serviceMethod: "A.B", seq: 1, error: "" }, 1);
    const flushed = codec.flush();
    codec.close();
    await flushed;
    await codec.flush();
  });
});

describe("limits", () => {
  test("above what gob has room for are what gob has", async () => {
    const limits = { maxDepth: Infinity, maxMessageBytes: Infinity, maxItems: Infinity };
    const codec = new GobServerCodec(pipeOf(fromHex(request("A.B", [1], slice(int)))), limits);
    opened.push(codec);
    expect(await codec.readRequestHeader()).toMatchObject({ serviceMethod: "A.B" });
    expect(await codec.readRequestBody({})).toEqual([1]);
  });

  test("that are none are the caller's mistake", () => {
    const conn = fakeConn(() => Promise.resolve(0));
    opened.push(conn);
    expect(() => new GobServerCodec(conn, { maxItems: -1 })).toThrow(RangeError);
    expect(() => new GobClientCodec(conn, { maxMessageBytes: Number.NaN })).toThrow(RangeError);
  });
});
