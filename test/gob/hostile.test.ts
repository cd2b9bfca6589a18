import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as gob from "../../src/gob/index.js";
import { parseCases, registryOf, Schemas, unhex } from "./cases.js";

const text = readFileSync(new URL("../testdata/gob/go1.21.jsonl", import.meta.url), "utf8");
const cases = parseCases(text);

/** Decodes until the stream is at its end or broken; gives the errors. */
function drain(
  bytes: Uint8Array,
  next: (decoder: gob.Decoder) => unknown,
  options: gob.DecoderOptions = {},
): gob.GobError[] {
  const decoder = new gob.Decoder(undefined, options);
  const errors: gob.GobError[] = [];
  decoder.push(bytes);
  decoder.end();
  for (let i = 0; i <= bytes.byteLength; i++) {
    try {
      if (next(decoder) === null) return errors;
    } catch (err) {
      if (!(err instanceof gob.GobError)) throw err;
      errors.push(err);
      if (decoder.failure !== null || err.code === "ERR_UNEXPECTED_EOF") return errors;
    }
  }
  throw new Error("more values than bytes");
}

/** A message of these bytes. */
const message = (...bytes: number[]): number[] => [bytes.length, ...bytes];
/** Numbers the way gob writes them. */
const uint = (n: number): number[] =>
  n < 128
    ? [n]
    : n < 256
      ? [255, n]
      : n < 65_536
        ? [254, n >> 8, n & 255]
        : [252, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
const id = (n: number): number[] => uint(n < 0 ? (~n << 1) | 1 : n << 1);
const str = (s: string): number[] => [...uint(s.length), ...Buffer.from(s)];
const sliceOf = (self: number, elem: number): number[] =>
  message(...id(-self), 2, 1, 2, ...id(self), 0, 1, ...id(elem), 0, 0);
const structOf = (self: number, fields: readonly (readonly [string, number])[]): number[] =>
  long([
    ...id(-self),
    3,
    1,
    2,
    ...id(self),
    0,
    1,
    ...uint(fields.length),
    ...fields.flatMap(([name, type]) => [1, ...str(name), 1, ...id(type), 0]),
    0,
    0,
  ]);
const long = (bytes: number[]): number[] => [...uint(bytes.length), ...bytes];
const decode = (bytes: readonly number[], schema?: gob.Schema, options?: gob.DecoderOptions): unknown =>
  gob.decode(Uint8Array.from(bytes), schema, options);

describe("streams of Go's, damaged", () => {
  test("every prefix ends in values and at most one error", () => {
    for (const c of cases) {
      const schemas = new Schemas();
      const registry = registryOf([c], schemas);
      const stream = unhex(c.Gob);
      for (let n = 0; n < stream.byteLength; n++) {
        const prefix = stream.subarray(0, n);
        expect(drain(prefix, (d) => d.decode(), { registry }).length).toBeLessThanOrEqual(1);
        let i = 0;
        const typed = drain(prefix, (d) => d.decode(schemas.of(c.Items[i++]?.Type ?? "int")), { registry });
        expect(typed.every((err) => err.code === "ERR_UNEXPECTED_EOF")).toBe(true);
      }
    }
  });

  test("every byte, changed, ends in values and errors", () => {
    for (const c of cases) {
      const stream = unhex(c.Gob);
      for (let at = 0; at < stream.byteLength; at++) {
        for (const change of [1, 0x80]) {
          const damaged = Uint8Array.from(stream);
          damaged[at] = (damaged[at] as number) ^ change;
          drain(damaged, (d) => d.decode(), { maxAllocBytes: 1 << 20 });
          drain(damaged, (d) => d.decode(null));
        }
      }
    }
  });
});

describe("names that objects have from their prototype", () => {
  const proto = structOf(65, [
    ["__proto__", 2],
    ["constructor", 6],
    ["toString", 6],
  ]);
  const value = message(...id(65), 1, 10, 1, ...str("c"), 1, ...str("t"), 0);

  test("are fields like others, and change nothing else", () => {
    const got = decode([...proto, ...value]) as Record<string, unknown>;
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
    expect(Object.entries(got)).toEqual([
      ["__proto__", 5],
      ["constructor", "c"],
      ["toString", "t"],
    ]);
    expect(({} as Record<string, unknown>)["constructor"]).toBe(Object);
  });

  test("are left out of a field that was not sent, too", () => {
    const got = decode([...proto, ...message(...id(65), 0)]) as Record<string, unknown>;
    expect(Object.entries(got)).toEqual([
      ["__proto__", 0],
      ["constructor", ""],
      ["toString", ""],
    ]);
  });

  test("a __proto__ that is a struct does not become the prototype", () => {
    const inner = structOf(66, [["polluted", 2]]);
    const outer = structOf(65, [["__proto__", 66]]);
    const got = decode([...outer, ...inner, ...message(...id(65), 1, 1, 2, 0, 0)]);
    expect((got as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("as keys of a map they are keys of a Map", () => {
    const schema = gob.map(gob.string, gob.int);
    const got = gob.decode(gob.encode(new Map([["__proto__", 1]]), schema), schema);
    expect([...got]).toEqual([["__proto__", 1]]);
  });

  test("an inferred struct may have them", () => {
    const value = JSON.parse('{"__proto__": {"A": 1}, "B": 2}') as object;
    expect(JSON.stringify(gob.decode(gob.encode(value)))).toBe(JSON.stringify(value));
  });
});

describe("limits, each with its error", () => {
  const limit = (message: string) => expect.objectContaining({ name: "GobError", code: "ERR_LIMIT", message }) as Error;

  test("maxMessageBytes, which the length alone is enough to break, and which ends the stream", () => {
    const decoder = new gob.Decoder();
    decoder.push(Uint8Array.of(0xfc, 0x3f, 0xff, 0xff, 0xff));
    expect(() => decoder.decode()).toThrow(limit("gob: message of 1073741823 bytes is longer than 33554432"));
    expect(() => decoder.decode()).toThrow(limit("gob: message of 1073741823 bytes is longer than 33554432"));
    expect(decoder.failure?.code).toBe("ERR_LIMIT");
  });

  test("maxMessageBytes counts all messages of one value", () => {
    const schema = gob.slice(gob.any);
    const chunk = [...str("string"), ...id(6)];
    const decoder = new gob.Decoder(undefined, { maxMessageBytes: 100 });
    decoder.push(Uint8Array.from([...sliceOf(65, 8), ...message(...id(65), 0, ...uint(50), ...str("string"))]));
    expect(decoder.decode(schema)).toBeUndefined();
    const feed = () => {
      for (let i = 0; i < 50; i++) {
        decoder.push(Uint8Array.from(message(...chunk.slice(7), 5, 0, 3, 97, 98, 99, ...str("string"))));
        decoder.decode(schema);
      }
    };
    expect(feed).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
  });

  test("maxDepth of values, in every way to read them", () => {
    interface Node {
      Next: Node | null;
    }
    const Node: gob.Schema<Node> = gob.struct("Node", { Next: gob.optional(gob.lazy(() => Node)) });
    const chain = (n: number) => {
      let node: Node = { Next: null };
      for (let i = 1; i < n; i++) node = { Next: node };
      return node;
    };
    const fits = gob.encode(chain(1000), Node);
    expect(gob.decode(fits, Node)).toEqual(chain(1000));
    const deep = gob.encode(chain(1001), Node, { maxDepth: 2000 });
    for (const wanted of [Node, undefined]) {
      expect(() => gob.decode(deep, wanted)).toThrow(limit("gob: value is nested deeper than 1000"));
    }
    const skipper = new gob.Decoder();
    skipper.push(deep);
    expect(() => skipper.decode(null)).toThrow(limit("gob: value is nested deeper than 1000"));
  });

  test("the stack has room for the greatest maxDepth that is allowed", () => {
    interface Deep {
      List: Map<string, Deep[]>;
      Any: unknown;
    }
    const Deep: gob.Schema<Deep> = gob.struct("Deep", {
      List: gob.map(gob.string, gob.slice(gob.lazy(() => Deep))),
      Any: gob.any,
    });
    let value: Deep = { List: new Map(), Any: null };
    for (let i = 0; i < 800; i++) value = { List: new Map([["k", [value]]]), Any: null };
    const bytes = gob.encode(value, Deep, { maxDepth: 2500 });
    expect(() => gob.decode(bytes, Deep, { maxDepth: 2500 })).not.toThrow();
    expect(() => gob.decode(bytes, undefined, { maxDepth: 2500 })).not.toThrow();
    expect(() => new gob.Decoder(undefined, { maxDepth: 2501 })).toThrow(RangeError);
  });

  test("maxDepth of types", () => {
    const types = Array.from({ length: 1500 }, (_, i) => sliceOf(65 + i, 66 + i)).flat();
    const stream = [...types, ...sliceOf(65 + 1500, 2), ...message(...id(65), 0, 0)];
    expect(() => decode(stream)).toThrow(limit("gob: type is nested deeper than 1000"));
  });

  test("types that refer to the same twice over do not multiply", () => {
    const maps = Array.from({ length: 60 }, (_, i) =>
      message(...id(-(65 + i)), 4, 1, 2, ...id(65 + i), 0, 1, ...id(66 + i), 1, ...id(66 + i), 0, 0),
    ).flat();
    expect(decode([...maps, ...sliceOf(65 + 60, 2), ...message(...id(65), 0, 0)])).toEqual(new Map());
  });

  test("a type that contains itself without a name can be decoded and printed", () => {
    const stream = [...sliceOf(65, 65), ...message(...id(65), 0, 2, 0, 1, 0)];
    expect(decode(stream)).toEqual([[], [[]]]);
    expect(gob.toDebugString(Uint8Array.from(stream))).toContain("2 elements");
    expect(() => decode(stream, gob.int)).toThrow("received remote type []");
  });

  test("maxTypes", () => {
    const types = Array.from({ length: 11 }, (_, i) => sliceOf(65 + i, 2)).flat();
    expect(() => decode(types, undefined, { maxTypes: 10 })).toThrow(limit("gob: stream has more than 10 types"));
  });

  test("maxTypeBytes", () => {
    const types = structOf(65, [["A".repeat(200), 2]]);
    expect(() => decode(types, undefined, { maxTypeBytes: 100 })).toThrow(limit("gob: types take more than 100 bytes"));
  });

  test("maxElements, over all slices and maps of a value", () => {
    const value = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    const schema = gob.slice(gob.slice(gob.int));
    expect(gob.decode(gob.encode(value, schema), schema, { maxElements: 9 })).toEqual(value);
    expect(() => gob.decode(gob.encode(value, schema), schema, { maxElements: 8 })).toThrow(
      limit("gob: value has more than 8 elements"),
    );
  });

  test("a count is checked before anything is allocated", () => {
    const huge = [0xf8, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    const eight = [0xfc, 0x00, 0x80, 0x00, 0x00];
    for (const count of [huge, eight]) {
      expect(() => decode([...sliceOf(65, 2), ...message(...id(65), 0, ...count)])).toThrow(
        "length exceeds input size",
      );
      expect(() => decode([...sliceOf(65, 8), ...message(...id(65), 0, ...count)])).toThrow(gob.GobError);
      expect(() => decode(message(...id(5), 0, ...count))).toThrow("exceeds input size");
      expect(() => decode(message(...id(6), 0, ...count))).toThrow("exceeds input size");
    }
  });

  test("maxAllocBytes: many small structs with many fields each", () => {
    const fields = Array.from({ length: 100 }, (_, i) => [`F${i}`, 2] as const);
    const stream = [
      ...structOf(65, fields),
      ...sliceOf(66, 65),
      ...long([...id(66), 0, ...uint(60_000), ...Array.from({ length: 60_000 }, () => 0)]),
    ];
    expect(() => decode(stream, undefined, { maxAllocBytes: 1 << 22 })).toThrow(
      limit("gob: value takes more than 4194304 bytes of memory"),
    );
  });

  test("maxAllocBytes: what a schema gives to fields that were not sent", () => {
    const Big = gob.struct("Big", { A: gob.int, B: gob.array(100_000, gob.int) });
    const stream = [
      ...structOf(65, [["A", 2]]),
      ...sliceOf(66, 65),
      ...long([...id(66), 0, ...uint(10_000), ...Array.from({ length: 10_000 }, () => 0)]),
    ];
    expect(() => decode(stream, gob.slice(Big), { maxAllocBytes: 1 << 22 })).toThrow(
      limit("gob: value takes more than 4194304 bytes of memory"),
    );
  });

  test("maxNameBytes", () => {
    const stream = [...sliceOf(65, 8), ...long([...id(65), 0, 1, ...str("n".repeat(1025))])];
    expect(() => decode(stream)).toThrow("gob: name too long (1025 bytes)");
  });
});

describe("a peer that cuts its messages as small as can be", () => {
  // Were each piece to begin the value anew, this would run for minutes.
  test("makes no work beyond what its bytes are worth", () => {
    const n = 20_000;
    const decoder = new gob.Decoder();
    decoder.push(Uint8Array.from([...sliceOf(65, 8), ...long([...id(65), 0, ...uint(n), ...str("int")])]));
    for (let i = 0; i < n - 1; i++) {
      decoder.push(Uint8Array.from(message(...id(2), 2, 0, 2, ...str("int"))));
      if (decoder.decode(gob.slice(gob.any)) !== undefined) throw new Error("too early");
    }
    decoder.push(Uint8Array.from(message(...id(2), 2, 0, 2)));
    expect(decoder.decode(gob.slice(gob.any))).toHaveLength(n);
  });
});

describe("what Go's own tests call bad data", () => {
  test.each([
    ["", "unexpected EOF"],
    ["7F6869", "unexpected EOF"],
    ["036e6f77206973207468652074696d6520666f7220616c6c20676f6f64206d656e", "unknown type id"],
    ["0424666f6f", "unknown type id"],
    ["05100028557b02027f8302", "exceeds input size"],
    ["130a00fb5dad0bf8ff020263e70002fa28020202a89859", "exceeds input size"],
    ["0f1000fb285d003316020735ff023a65c5", "exceeds input size"],
    ["03fffb0616fffc00f902ff02ff03bf005d02885802a311a8120228022c028ee7", "unexpected EOF"],
    [
      "10fe010f020102fe01100001fe010e000016fe010d030102fe010e00010101015801fe01100000000bfe011000f85555555555555555",
      "exceeds input size",
    ],
    ["fba5822fca01", "invalid message length"],
    ["01000100", "unknown type id"],
  ])("%s: %s", (text, want) => {
    expect(() => gob.decode(unhex(text))).toThrow(want);
    expect(() => gob.decode(unhex(text))).toThrow(expect.objectContaining({ name: "GobError" }));
  });
});

describe("after an error", () => {
  const Point = gob.struct("Point", { X: gob.int, Y: gob.int });

  test("in one value the stream goes on with the next", () => {
    const encoder = new gob.Encoder();
    for (const X of [1, 2, 3]) encoder.append({ X, Y: 0 }, Point);
    const decoder = new gob.Decoder();
    decoder.push(encoder.take());
    expect(decoder.decode(Point)).toEqual({ X: 1, Y: 0 });
    expect(() => decoder.decode(gob.string)).toThrow("decoding into local type *string");
    expect(decoder.decode(Point)).toEqual({ X: 3, Y: 0 });
  });

  test("it goes on behind a value of several messages, and knows the types in it", () => {
    const c = cases.find(({ Name }) => Name === "an interface value that is new within a struct");
    const stream = unhex(c?.Gob ?? "");
    const decoder = new gob.Decoder();
    decoder.push(stream);
    expect(() => decoder.decode(gob.int)).toThrow("decoding into local type *int");
    expect(decoder.decode()).toMatchObject({ First: { Radius: 1 }, Last: 8 });
    decoder.end();
    expect(decoder.decode()).toBeNull();
  });

  test("it does so although the rest of the value is still to come", () => {
    const c = cases.find(({ Name }) => Name === "an interface value that is new within a struct");
    const stream = unhex(c?.Gob ?? "");
    const decoder = new gob.Decoder();
    let errors = 0;
    const values: unknown[] = [];
    for (const byte of stream) {
      decoder.push(Uint8Array.of(byte));
      try {
        const value = decoder.decode(errors === 0 ? gob.int : undefined);
        if (value !== undefined) values.push(value);
      } catch {
        errors++;
      }
    }
    expect(errors).toBe(1);
    expect(values).toMatchObject([{ First: { Radius: 1 }, Last: 8 }]);
  });
});
