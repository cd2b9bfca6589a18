import fc from "fast-check";
import { any, bigInt, Decoder, Encoder, int, map, type Schema, slice, string, struct, uint } from "toolkit/gob";
import { type Addr, pipe } from "toolkit/net";
import { DecodeError, EncodeError, ProtocolError, type Request, type Response } from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { GobClientCodec } from "../../src/rpc/gob/client-codec.js";
import { GobServerCodec } from "../../src/rpc/gob/server-codec.js";
import { Args, Reply } from "./gob-services.js";
import { fakeConn, toHex } from "./wire.js";

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

/** The two codecs of a conn. */
function codecs(): { client: GobClientCodec; server: GobServerCodec } {
  const [ours, theirs] = pipe();
  const both = { client: new GobClientCodec(ours), server: new GobServerCodec(theirs) };
  opened.push(both.client, both.server);
  return both;
}

/** A codec whose bytes are collected. */
function collected(): { conn: ReturnType<typeof fakeConn>; writes: Uint8Array[]; bytes: () => Uint8Array } {
  const writes: Uint8Array[] = [];
  const conn = fakeConn((p) => {
    writes.push(p.slice());
    return Promise.resolve(p.byteLength);
  });
  opened.push(conn);
  return { conn, writes, bytes: () => Uint8Array.from(writes.flatMap((each) => [...each])) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("headers", () => {
  const requests: readonly Request[] = [
    { serviceMethod: "Arith.Add", seq: 0 },
    { serviceMethod: "Arith.Add", seq: 1, meta: { trace: "00-1" } },
    { serviceMethod: "", seq: 2 },
    { serviceMethod: "Arith.Add", seq: 127, timeoutMs: 1500 },
    { serviceMethod: "Grüße.世界", seq: 128, meta: { a: "", __proto__x: "1" }, timeoutMs: 1 },
    { serviceMethod: "M".repeat(300), seq: Number.MAX_SAFE_INTEGER },
    { serviceMethod: "Arith.Add", seq: 2n ** 64n - 1n },
    { serviceMethod: "Arith.Add", seq: 2 ** 32 },
  ];

  test("of requests arrive as they were sent, and nothing is left of the last one", async () => {
    const { client, server } = codecs();
    for (const request of requests) {
      await client.writeRequest(request, { A: 1, B: 2 }, { schema: Args });
      const { serviceMethod, seq, meta, timeoutMs } = (await server.readRequestHeader()) as Request;
      expect({ serviceMethod, seq, meta, timeoutMs }).toEqual({ meta: undefined, timeoutMs: undefined, ...request });
      expect(await server.readRequestBody({ schema: Args })).toEqual({ A: 1, B: 2 });
    }
  });

  const responses: readonly Response[] = [
    { serviceMethod: "Arith.Add", seq: 0, error: "" },
    { serviceMethod: "Arith.Add", seq: 1, error: "wrong", code: "ERR_WRONG" },
    { serviceMethod: "Arith.Add", seq: 2, error: "wrong" },
    { serviceMethod: "Arith.Add", seq: 3, error: "ü".repeat(70_000), code: -32_601 },
    { serviceMethod: "Arith.Add", seq: 2n ** 63n, error: "x", code: 404 },
    { serviceMethod: "", seq: 9, error: "y".repeat(40), code: "0404" },
  ];

  test("of responses arrive as they were sent, and nothing is left of the last one", async () => {
    const { client, server } = codecs();
    for (const response of responses) {
      const written = server.writeResponse(response, { C: 1 }, { schema: Reply });
      const { serviceMethod, seq, error, code } = (await client.readResponseHeader()) as Response;
      expect({ serviceMethod, seq, error, code }).toEqual({ code: undefined, ...response });
      expect(await client.readResponseBody(error === "" ? { schema: Reply } : null)).toEqual(
        error === "" ? { C: 1 } : undefined,
      );
      await written;
    }
  });

  test("of any kind arrive as they were sent", async () => {
    const { client, server } = codecs();
    const seqs = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.bigInt(2n ** 53n, 2n ** 64n - 1n));
    const meta = fc.option(fc.dictionary(fc.string(), fc.string({ unit: "grapheme" }), { minKeys: 1 }), {
      nil: undefined,
    });
    const timeoutMs = fc.option(fc.integer({ min: 1 }), { nil: undefined });
    const request = fc.record({ serviceMethod: fc.string({ unit: "grapheme" }), seq: seqs, meta, timeoutMs });
    await fc.assert(
      fc.asyncProperty(request, fc.string(), async (sent, text) => {
        await client.writeRequest(sent, text, { schema: string });
        const { serviceMethod, seq, meta: got, timeoutMs: left } = (await server.readRequestHeader()) as Request;
        expect({ serviceMethod, seq, meta: got, timeoutMs: left }).toEqual({
          ...sent,
          meta: sent.meta && { ...sent.meta },
        });
        expect(await server.readRequestBody({})).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  test("say no more than Go's where there is no more to say", async () => {
    const { conn, bytes } = collected();
    const codec = new GobClientCodec(conn);
    await codec.writeRequest({ serviceMethod: "A.B", seq: 1, meta: {} }, 1, { schema: int });
    await codec.writeRequest({ serviceMethod: "A.B", seq: 2, timeoutMs: 0.5 }, 1, { schema: int });
    await settled();
    const decoder = new Decoder();
    decoder.push(bytes());
    expect(decoder.decode()).toEqual({ ServiceMethod: "A.B", Seq: 1 });
    expect(decoder.decode()).toBe(1);
    expect(decoder.decode()).toEqual({ ServiceMethod: "A.B", Seq: 2, Meta: new Map(), TimeoutMs: 1 });
  });

  test("may have fields in any order, and more of them", async () => {
    const [ours, theirs] = pipe();
    const server = new GobServerCodec(theirs);
    opened.push(server);
    const encoder = new Encoder(ours);
    const Other = struct("R", { More: slice(struct({ X: string })), Seq: uint, Any: any, ServiceMethod: string });
    const sent = encoder.encode({ More: [{ X: "x" }], Seq: 5, Any: "text", ServiceMethod: "A.B" }, Other);
    const followed = encoder.encode(3, int);
    expect(await server.readRequestHeader()).toMatchObject({ serviceMethod: "A.B", seq: 5 });
    expect(await server.readRequestBody({})).toBe(3);
    await Promise.all([sent, followed]);
  });

  test.each([
    ["no struct", int, 3, /^gob: type mismatch in decoder: want struct type Request; got non-struct$/],
    ["nothing of ours", struct({ X: int }), { X: 1 }, /^gob: type mismatch: no fields matched/],
    ["another type", struct("H", { Seq: string }), { Seq: "1" }, /^gob: wrong type \(uint\) for received field H.Seq$/],
  ])("that are %s end the connection", async (_, schema: Schema, value, words) => {
    const [ours, theirs] = pipe();
    const server = new GobServerCodec(theirs);
    opened.push(server);
    const sent = new Encoder(ours).encode(value, schema);
    await expect(server.readRequestHeader()).rejects.toThrow(words);
    await expect(async () => server.readRequestHeader()).rejects.toThrow(ProtocolError);
    await expect(async () => server.readRequestBody({})).rejects.toThrow(ProtocolError);
    await sent;
  });
});

describe("a message that cannot be encoded", () => {
  const Big = struct("Big", { Text: string, Sum: Reply });

  test("leaves nothing behind, and takes nothing away", async () => {
    const { client, server } = codecs();
    const write = (seq: number, value: unknown, schema: Schema = Big) =>
      client.writeRequest({ serviceMethod: "A.B", seq }, value, { schema });
    expect(() => write(0, { Text: 1, Sum: { C: 1 } })).toThrow(
      new EncodeError("gob: Big.Text: want string, got an integer"),
    );
    void write(1, { Text: "one", Sum: { C: 1 } });
    expect(() => write(2, { Text: "two", Sum: null })).toThrow(EncodeError);
    expect(() => write(3, { C: 1.5 }, Reply)).toThrow(EncodeError);
    void write(4, { C: 4 }, Reply);
    expect(await server.readRequestHeader()).toMatchObject({ seq: 1 });
    expect(await server.readRequestBody({ schema: Big })).toEqual({ Text: "one", Sum: { C: 1 } });
    expect(await server.readRequestHeader()).toMatchObject({ seq: 4 });
    expect(await server.readRequestBody({ schema: Reply })).toEqual({ C: 4 });
  });

  test("may be the first one: the type of its header counts as sent", async () => {
    const { conn, bytes } = collected();
    const codec = new GobServerCodec(conn);
    const write = (seq: number, value: unknown) =>
      codec.writeResponse({ serviceMethod: "M".repeat(200), seq, error: "" }, value, { schema: int });
    expect(() => write(1, "one")).toThrow(new EncodeError("gob: want int, got string"));
    expect(() => write(2, "two")).toThrow(EncodeError);
    await write(3, 3);
    await settled();
    const decoder = new Decoder();
    decoder.push(bytes());
    expect(decoder.decode()).toMatchObject({ Seq: 3 });
    expect(decoder.decode()).toBe(3);
    expect(decoder.decode()).toBeUndefined();
  });

  test.each([
    ["a function", () => {}, /NewTypeObject cannot handle a function/],
    ["a field of no type", { F: Symbol("s") }, /cannot handle a symbol/],
    ["what is nested too deep", [[[[[[1]]]]]], /nested deeper than 5/],
    ["what is too large", "x".repeat(2000), /message too big/],
    ["a header whose meta is none", 1, /want string, got an integer/, { a: 1 as never }],
  ])("because of %s is the caller's alone", async (_, value, words, meta?: Record<string, string>) => {
    const { conn, writes } = collected();
    const codec = new GobClientCodec(conn, { maxDepth: 5, maxMessageBytes: 1000 });
    expect(() => codec.writeRequest({ serviceMethod: "A.B", seq: 1, meta }, value)).toThrow(EncodeError);
    expect(() => codec.writeRequest({ serviceMethod: "A.B", seq: 1, meta }, value)).toThrow(words);
    await settled();
    expect(writes).toEqual([]);
  });
});

describe("bodies", () => {
  test("of one tick leave in one write, those that come meanwhile in the next", async () => {
    const { conn, writes } = collected();
    const codec = new GobClientCodec(conn);
    for (let seq = 0; seq < 100; seq++) void codec.writeRequest({ serviceMethod: "A.B", seq }, seq, { schema: int });
    expect(writes).toHaveLength(0);
    queueMicrotask(() => void codec.writeRequest({ serviceMethod: "A.B", seq: 100 }, 100));
    await settled();
    expect(writes).toHaveLength(2);
  });

  test("are of the type of their schema, or of the type that is inferred, each described once", async () => {
    const { conn, bytes } = collected();
    const codec = new GobServerCodec(conn);
    const write = (value: unknown, schema?: Schema) =>
      codec.writeResponse({ serviceMethod: "A.B", seq: 1, error: "" }, value, { schema });
    const values = [{ A: 1 }, { A: 2 }, [1, 2], "x", new Map([["k", 1]]), { A: 3 }, [3], Uint8Array.of(1)];
    for (const value of values) await write(value);
    await write(5n ** 30n, bigInt);
    await settled();
    const definitions = toHex(bytes()).match(/0[0-9a-f]ff[89][13579bdf]0[1-7]/g);
    expect(definitions?.length).toBeLessThanOrEqual(5);
    const decoder = new Decoder();
    decoder.push(bytes());
    const decoded = values.map(() => [decoder.decode(), decoder.decode()][1]);
    expect(decoded).toEqual(values);
  });

  test("that are nothing are Go's struct{}, or the zero value of their schema in a reply", async () => {
    const { client, server } = codecs();
    void client.writeRequest({ serviceMethod: "A.B", seq: 1 }, undefined);
    void client.writeRequest({ serviceMethod: "A.B", seq: 1 }, null);
    for (const schema of [undefined, Args]) {
      await server.readRequestHeader();
      expect(await server.readRequestBody({ schema })).toEqual(schema === undefined ? {} : { A: 0, B: 0 });
    }
    expect(() => client.writeRequest({ serviceMethod: "A.B", seq: 1 }, undefined, { schema: Args })).toThrow(
      EncodeError,
    );
    const replies: [Schema | undefined, unknown][] = [
      [undefined, {}],
      [int, 0],
      [Reply, { C: 0 }],
      [map(string, int), new Map()],
      [slice(int), []],
    ];
    for (const [schema, zero] of replies) {
      await server.writeResponse({ serviceMethod: "A.B", seq: 1, error: "" }, undefined, { schema });
      await client.readResponseHeader();
      expect(await client.readResponseBody({ schema })).toEqual(zero);
    }
  });

  test("without a schema can be of so many types on one connection", () => {
    const codec = new GobServerCodec(collected().conn);
    const write = (value: unknown) => codec.writeResponse({ serviceMethod: "A.B", seq: 1, error: "" }, value);
    for (let i = 0; i < 4096; i++) void write({ [`F${i}`]: 1 });
    expect(() => write({ OneMore: 1 })).toThrow(
      new EncodeError("gob: more than 4096 types of values without a schema"),
    );
    expect(() => write({ F0: 2 })).not.toThrow();
    expect(() => write(7)).not.toThrow();
  });

  test("that do not fit are an error of their own", async () => {
    const { client, server } = codecs();
    for (const value of [{ X: 1 }, "text", { A: 1, B: 2 }, { A: "a" }, 3])
      void client.writeRequest({ serviceMethod: "A.B", seq: 1 }, value);
    const errors: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      await server.readRequestHeader();
      const body = (async () => server.readRequestBody({ schema: Args }))();
      errors.push(await body.catch((err: unknown) => err));
    }
    expect(errors.map((err) => err instanceof DecodeError)).toEqual([true, true, false, true, true]);
    expect(String(errors[3])).toContain("gob: wrong type (int) for received field");
  });

  test("that nobody wants are passed over, whatever they are", async () => {
    const { client, server } = codecs();
    for (const value of [{ X: 1 }, "text", [1], new Map([["a", [{ B: 1 }]]])]) {
      void client.writeRequest({ serviceMethod: "A.B", seq: 1 }, value);
      await server.readRequestHeader();
      expect(await server.readRequestBody(null)).toBeUndefined();
    }
  });
});

describe("_goRPC_.Cancel", () => {
  test("takes what keegancsmith/rpc does", async () => {
    const { conn, bytes } = collected();
    const codec = new GobClientCodec(conn);
    await codec.writeRequest({ serviceMethod: "_goRPC_.Cancel", seq: 8 }, { Seq: 7 });
    await settled();
    expect(toHex(bytes())).toContain(
      "24ff830301010a43616e63656c4172677301ff840001010103536571010600000005ff84010700".slice(2),
    );
  });

  test("arrives as a number, whatever type the server asks for", async () => {
    const { client, server } = codecs();
    for (const seq of [0, 7, 2n ** 60n]) {
      void client.writeRequest({ serviceMethod: "_goRPC_.Cancel", seq: 8 }, { Seq: seq });
      await server.readRequestHeader();
      expect(await server.readRequestBody({ schema: Args })).toEqual({ Seq: seq });
    }
  });
});

describe("what a codec says of itself", () => {
  test.each([GobClientCodec, GobServerCodec])("is the same at both ends", (Codec) => {
    const conn = { ...collected().conn, remoteAddr: { transport: "test", toString: () => "there" } satisfies Addr };
    const codec = new Codec(conn);
    expect(codec.features).toEqual({ cancel: true, meta: true });
    expect([codec.isTyped, codec.name, codec.remoteAddr?.toString()]).toEqual([true, "gob", "there"]);
    expect(new Codec(collected().conn).remoteAddr).toBeNull();
  });
});
