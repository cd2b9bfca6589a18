import { readFileSync } from "node:fs";
import { array, bytes, GoTime, int, map, type Schema, slice, string } from "toolkit/gob";
import { pipe, type StreamConn } from "toolkit/net";
import { describe, expect, test } from "vitest";
import { GobClientCodec } from "../../src/rpc/gob/client-codec.js";
import { GobServerCodec } from "../../src/rpc/gob/server-codec.js";
import * as go from "./gob-services.js";
import { fromHex, Hand } from "./wire.js";

/** One call, as interop/go/netrpc recorded it. */
interface Exchange {
  readonly name: string;
  readonly method: string;
  readonly request: string;
  readonly response: string;
}

/** What was said in it. */
interface Said {
  readonly args: unknown;
  readonly argsType: Schema;
  readonly reply?: unknown;
  readonly replyType?: Schema;
  readonly error?: string;
}

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../testdata/rpc/${file}`, import.meta.url), "utf8")) as Exchange[];
const older = read("gob-go1.20.json");
const newer = read("gob-go1.21.json");

const kinds = {
  Bool: true,
  Small: -5,
  Minus: -300,
  Big: -(2n ** 62n),
  Huge: 2n ** 64n - 1n,
  Float: 1.5,
  Complex: { real: 1, imag: 2 },
  Text: "grüße, 世界",
  Bytes: Uint8Array.of(0, 1, 254),
  List: [1, 0, 70_000],
  Pair: ["", "b"],
  Table: new Map([["one", 1]]),
  Nothing: null,
  Nested: { Quo: 3, Rem: 1 },
  Time: new GoTime(1_795_248_550, 11, null),
};
const noKinds = {
  Bool: false,
  Small: 0,
  Minus: 0,
  Big: 0,
  Huge: 0,
  Float: 0,
  Complex: { real: 0, imag: 0 },
  Text: "",
  Bytes: new Uint8Array(0),
  List: [],
  Pair: ["", ""],
  Table: null,
  Nothing: null,
  Nested: { Quo: 0, Rem: 0 },
  Time: new GoTime(-62_135_596_800, 0, null),
};
const { Args, Quotient, Reply, Kinds } = go;
const args = { args: { A: 1, B: 2 }, argsType: Args };
const operands = { args: { A: 7, B: 8 }, argsType: Args };
const noFields = "gob: type mismatch: no fields matched compiling decoder for Args";

/** What is said in the exchanges, in their order. */
const said: readonly Said[] = [
  { ...operands, reply: 56, replyType: int },
  { args: { A: -7, B: 8 }, argsType: Args, reply: -56, replyType: int },
  { args: { A: 17, B: 5 }, argsType: Args, reply: { Quo: 3, Rem: 2 }, replyType: Quotient },
  { args: { A: 1, B: 0 }, argsType: Args, error: "divide by zero" },
  { args: { A: 0, B: 0 }, argsType: Args, reply: { C: 0 }, replyType: Reply },
  { ...args, error: "rpc: can't find method Arith.BadOperation" },
  { ...args, error: "rpc: can't find service Nobody.Multiply" },
  { ...args, error: "rpc: service/method request ill-formed: Multiply" },
  { args: { Quo: 1, Rem: 2 }, argsType: Quotient, error: noFields },
  { ...args, reply: 1, replyType: int },
  { ...operands, reply: new Map([[7, 8]]), replyType: map(int, int) },
  { ...operands, reply: [7, 8], replyType: slice(int) },
  { ...operands, reply: [7, 8], replyType: array(2, int) },
  { args: kinds, argsType: Kinds, reply: kinds, replyType: Kinds },
  { args: noKinds, argsType: Kinds, reply: noKinds, replyType: Kinds },
  { args: "grüße, 世界", argsType: string, reply: "grüße, 世界", replyType: string },
  { args: "", argsType: string, reply: "", replyType: string },
  {
    args: new Map([["one", 1]]),
    argsType: map(string, int),
    reply: new Map([["one", 1]]),
    replyType: map(string, int),
  },
  { args: Uint8Array.of(0, 1, 254, 255), argsType: bytes, reply: Uint8Array.of(0, 1, 254, 255), replyType: bytes },
];

/** A value as it is decoded: a nil map as an empty one. */
const decoded = (value: unknown) => (value === noKinds ? { ...noKinds, Table: new Map() } : value);

function ends(): { conn: StreamConn; hand: Hand } {
  const [conn, other] = pipe();
  return { conn, hand: new Hand(other) };
}

/** Sends `size` bytes at a time. */
async function sendIn(size: number, hand: Hand, hex: string): Promise<void> {
  const all = fromHex(hex);
  for (let at = 0; at < all.length; at += size) await hand.conn.write(all.subarray(at, at + size));
  await hand.conn.closeWrite();
}

describe.each([
  ["1.20", older],
  ["1.21", newer],
])("what Go %s sends is understood", (_, exchanges) => {
  test.each([1, 2, 65_536])("by our server, %d bytes at a time", async (size) => {
    const { conn, hand } = ends();
    const codec = new GobServerCodec(conn);
    const sent = sendIn(size, hand, exchanges.map(({ request }) => request).join(""));
    for (const [seq, { method }] of exchanges.entries()) {
      const one = said[seq] as Said;
      expect(await codec.readRequestHeader()).toMatchObject({ serviceMethod: method, seq });
      if (one.error?.startsWith("rpc: ")) expect(await codec.readRequestBody(null)).toBeUndefined();
      else expect(await codec.readRequestBody({ schema: one.argsType })).toEqual(decoded(one.args));
    }
    expect(await codec.readRequestHeader()).toBeNull();
    await sent;
    codec.close();
  });

  test.each([1, 2, 65_536])("by our client, %d bytes at a time", async (size) => {
    const { conn, hand } = ends();
    const codec = new GobClientCodec(conn);
    const sent = sendIn(size, hand, exchanges.map(({ response }) => response).join(""));
    for (const [seq, { method }] of exchanges.entries()) {
      const { error = "", reply, replyType } = said[seq] as Said;
      expect(await codec.readResponseHeader()).toMatchObject({ serviceMethod: method, seq, error });
      const type = replyType === undefined ? null : { schema: replyType };
      expect(await codec.readResponseBody(type)).toEqual(decoded(reply));
    }
    expect(await codec.readResponseHeader()).toBeNull();
    await sent;
    codec.close();
  });
});

describe("what we send is byte for byte what Go 1.20 does", () => {
  test("by our server", async () => {
    const { conn, hand } = ends();
    const codec = new GobServerCodec(conn);
    for (const [seq, { method, response }] of older.entries()) {
      const { error = "", reply, replyType } = said[seq] as Said;
      const type = replyType === undefined ? {} : { schema: replyType };
      await codec.writeResponse({ serviceMethod: method, seq, error }, reply, type);
      expect(await hand.receive(response.length / 2), method).toBe(response);
    }
    codec.close();
  });

  test("by our client", async () => {
    const { conn, hand } = ends();
    const codec = new GobClientCodec(conn);
    for (const [seq, { method, request }] of older.entries()) {
      const { args: value, argsType } = said[seq] as Said;
      await codec.writeRequest({ serviceMethod: method, seq }, value, { schema: argsType });
      expect(await hand.receive(request.length / 2), method).toBe(request);
    }
    codec.close();
  });
});
