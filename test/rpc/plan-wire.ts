// What the tests of plans have in common: plans at work on bytes.
import * as gob from "toolkit/gob";
import { Cursor, planOf, unread } from "../../src/rpc/msgpack/plan.js";
import { decodeValue } from "../../src/rpc/msgpack/values.js";
import { Outbox } from "../../src/rpc/outbox.js";
import { fromHex, toHex } from "./wire.js";

/** An outbox that is never sent. */
export function idleOutbox(): Outbox {
  return new Outbox({ write: (p) => Promise.resolve(p.length) }, () => {});
}

/** Writes a value by its plan. */
export function write(schema: gob.Schema, value: unknown): Uint8Array {
  const out = idleOutbox();
  planOf(schema).write(out, value);
  return out.room(0).slice(0, out.length);
}

export const writeHex = (schema: gob.Schema, value: unknown): string => toHex(write(schema, value));

/** Reads a value by its plan; the cursor must end where the bytes do, or not have moved. */
export function read(schema: gob.Schema, bytes: Uint8Array, limits = {}): unknown {
  const cursor = new Cursor(limits);
  // Bytes around it, which are not its own: a plan that reads too far finds them.
  const block = new Uint8Array(bytes.length + 16).fill(0x81);
  block.set(bytes, 8);
  cursor.set(block, 8, 8 + bytes.length);
  const value = planOf(schema).read(cursor);
  if (value === unread && cursor.at !== 8) throw new Error("the cursor has moved");
  if (value !== unread && cursor.at !== cursor.end) throw new Error(`the cursor stops ${cursor.end - cursor.at} early`);
  block.fill(0xff); // nothing that was read may share memory with it
  return value;
}

export const readHex = (schema: gob.Schema, hex: string, limits = {}): unknown => read(schema, fromHex(hex), limits);

/** Reads a value the slow way. */
export function slow(schema: gob.Schema, bytes: Uint8Array): unknown {
  return planOf(schema).slow(decodeValue(bytes, 0, bytes.length));
}

/** A type that encodes itself. */
export const token: gob.Schema = gob.binaryMarshaler<string>("main.Token", {
  encode: (text) => new TextEncoder().encode(text),
  decode: (bytes) => {
    if (bytes[0] === 0x21) throw new Error("no token begins with !");
    return new TextDecoder().decode(bytes);
  },
  zero: () => "",
});

export interface Node {
  Value: number;
  Next: Node | null;
  Kids: Node[];
}
export const Node: gob.Schema<Node> = gob.struct("Node", {
  Value: gob.int,
  Next: gob.optional(gob.lazy(() => Node)),
  Kids: gob.slice(gob.lazy(() => Node)),
});
export const Base = gob.struct("Base", { Id: gob.int, Name: gob.string });
