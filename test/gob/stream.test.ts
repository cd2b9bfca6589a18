import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as gob from "../../src/gob/index.js";
import { pipe } from "../../src/net/pipe.js";
import { hex, unhex } from "./cases.js";

const Point = gob.struct("Point", { X: gob.int, Y: gob.int });
const Request = gob.struct("Request", { ServiceMethod: gob.string, Seq: gob.uint64 });

/** Collects what is written, a few bytes at a time. */
class Collector {
  readonly chunks: Uint8Array[] = [];
  readonly #most: number;
  constructor(most = Infinity) {
    this.#most = most;
  }
  async write(p: Uint8Array): Promise<number> {
    await Promise.resolve();
    this.chunks.push(p.slice(0, this.#most));
    return Math.min(p.byteLength, this.#most);
  }
  get bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.chunks));
  }
}

/** Gives bytes, a few at a time. */
class Chunks {
  #rest: Uint8Array;
  readonly #size: number;
  constructor(bytes: Uint8Array, size: number) {
    this.#rest = bytes;
    this.#size = size;
  }
  async read(p: Uint8Array): Promise<number | null> {
    await Promise.resolve();
    if (this.#rest.byteLength === 0) return null;
    const n = Math.min(this.#size, p.byteLength, this.#rest.byteLength);
    p.set(this.#rest.subarray(0, n));
    this.#rest = this.#rest.subarray(n);
    return n;
  }
}

describe("an Encoder", () => {
  test("sends each type once, whichever schema object stands for it", () => {
    const encoder = new gob.Encoder();
    encoder.encode([1], gob.slice(gob.int));
    expect(hex(encoder.encode([2], gob.slice(gob.int)))).toBe("05ff82000104");
    encoder.encode({ A: [1] }, gob.struct({ A: gob.slice(gob.int) }));
    expect(encoder.encode({ A: [1] }, gob.struct({ A: gob.slice(gob.int) })).byteLength).toBe(7);
  });

  test("puts values that are appended into one piece, which is the caller's", () => {
    const encoder = new gob.Encoder();
    encoder.append({ ServiceMethod: "Arith.Multiply", Seq: 0 }, Request);
    encoder.append({ X: 7, Y: 8 }, Point);
    expect(encoder.pending).toBe(108);
    const first = encoder.take();
    expect(encoder.pending).toBe(0);
    const copy = first.slice();
    for (let i = 0; i < 2000; i++) encoder.encode({ X: i, Y: i }, Point);
    expect(first).toEqual(copy);
    expect(encoder.take()).toEqual(new Uint8Array(0));
  });

  test("is as it was after a value that it refused", () => {
    const T = gob.struct("T", { A: gob.any, B: gob.int });
    const registry = new gob.Registry();
    registry.register("test.Point", Point);
    const encoder = new gob.Encoder(undefined, { registry });
    encoder.append({ X: 1, Y: 2 }, Point);
    expect(() => encoder.append({ A: gob.typed(Point, { X: 1, Y: 2 }), B: 0.5 }, T)).toThrow(TypeError);
    expect(() => encoder.append({ A: gob.typed(gob.slice(gob.slice(gob.int)), [[1]]), B: 1 }, T)).toThrow(TypeError);
    encoder.append({ A: gob.typed(Point, { X: 1, Y: 2 }), B: 1 }, T);
    const decoder = new gob.Decoder(undefined, { registry });
    decoder.push(encoder.take());
    expect(decoder.decode(Point)).toEqual({ X: 1, Y: 2 });
    expect(decoder.decode(T)).toEqual({ A: { X: 1, Y: 2 }, B: 1 });
    expect(decoder.decode()).toBeUndefined();
  });

  test("writes to a Writer in order, whole, however little that takes at once", async () => {
    const w = new Collector(3);
    const encoder = new gob.Encoder(w);
    await Promise.all([1, 2, 3].map((X) => encoder.encode({ X, Y: 0 }, Point)));
    const decoder = new gob.Decoder();
    decoder.push(w.bytes);
    expect([1, 2, 3].map(() => decoder.decode(Point)?.X)).toEqual([1, 2, 3]);
  });

  test("passes on what a Writer fails with, to all later calls as well", async () => {
    const encoder = new gob.Encoder({ write: () => Promise.reject(new Error("broken")) });
    const calls = [encoder.encode(1, gob.int), encoder.encode(2, gob.int)];
    await expect(calls[0]).rejects.toThrow("broken");
    await expect(calls[1]).rejects.toThrow("broken");
    await expect(encoder.encode(3, gob.int)).rejects.toThrow("broken");
    await expect(encoder.encode("x" as never, gob.int)).rejects.toThrow("want int");
    await expect(new gob.Encoder({ write: () => Promise.resolve(0) }).encode(1)).rejects.toThrow(TypeError);
  });

  test("refuses a message that is too big, and goes on", () => {
    const encoder = new gob.Encoder(undefined, { maxMessageBytes: 50 });
    expect(() => encoder.encode("x".repeat(50), gob.string)).toThrow(new RangeError("gob: encoder: message too big"));
    expect(hex(encoder.encode("x", gob.string))).toBe("040c000178");
  });

  test("writes over blocks that were given back, and over no others", () => {
    const encoder = new gob.Encoder();
    const decoder = new gob.Decoder();
    const kept: Uint8Array[] = [];
    const lent: Uint8Array<ArrayBuffer>[] = [];
    let reused = 0;
    for (let i = 0; i < 300; i++) {
      const text = String(i).repeat(1 + ((i * i * 37) % 12_000));
      encoder.append(text, gob.string);
      if (i % 3 === 0) kept.push(encoder.take());
      else lent.push(encoder.takeBlock());
      const last = i % 3 === 0 ? kept.at(-1) : lent.at(-1);
      reused += lent.filter(({ buffer }) => buffer === last?.buffer).length > 1 ? 1 : 0;
      decoder.push(last as Uint8Array);
      expect(decoder.decode(gob.string)).toBe(text);
      if (lent.length === 3) for (const block of lent.splice(0)) encoder.recycle(block);
    }
    expect(reused).toBe(0); // what is lent is given to nobody else
    const all = new gob.Decoder();
    for (const [at, bytes] of kept.entries()) {
      all.push(bytes);
      const text = String(3 * at).repeat(1 + ((9 * at * at * 37) % 12_000));
      expect(all.decode(gob.string)).toBe(text);
    }
  });

  test("writes many values into the same memory, where that is given back each time", () => {
    const encoder = new gob.Encoder();
    const text = "x".repeat(10_000);
    const buffers = new Set<ArrayBuffer>();
    for (let i = 0; i < 100; i++) {
      encoder.append(text, gob.string);
      encoder.append(text, gob.string);
      const bytes = encoder.takeBlock();
      buffers.add(bytes.buffer);
      encoder.recycle(bytes);
    }
    expect(buffers.size).toBe(1);
  });

  test("writes text of every kind and length, in place or around what is there", () => {
    const encoder = new gob.Encoder();
    const decoder = new gob.Decoder();
    for (const unit of ["x", "é", "漢", "😀", "xé", "x\ud800", "😀x"]) {
      for (const n of [
        10, 31, 41, 42, 43, 63, 64, 100, 127, 128, 200, 255, 256, 5000, 21_846, 32_768, 65_530, 70_000,
      ]) {
        const text = unit.repeat(n);
        encoder.append(n, gob.int);
        encoder.append({ S: text, T: "end" }, gob.struct("Texts", { S: gob.string, T: gob.string }));
        decoder.push(encoder.take());
        expect(decoder.decode()).toBe(n);
        expect(decoder.decode()).toEqual({ S: Buffer.from(text).toString(), T: "end" });
      }
    }
  });

  test("writes messages of every length", () => {
    for (const n of [
      0, 100, 120, 121, 122, 123, 124, 125, 126, 127, 128, 200, 250, 255, 256, 8000, 65_530, 65_536, 300_000,
    ]) {
      expect(gob.decode(gob.encode(new Uint8Array(n), gob.bytes), gob.bytes).byteLength).toBe(n);
      const T = gob.struct({ A: gob.any });
      expect(gob.decode(gob.encode({ A: "x".repeat(n) }, T), T).A).toHaveLength(n);
    }
  });
});

describe("a Decoder", () => {
  const stream = () => {
    const encoder = new gob.Encoder();
    encoder.append({ ServiceMethod: "Arith.Multiply", Seq: 1 }, Request);
    encoder.append({ X: 7, Y: 8 }, Point);
    encoder.append({ ServiceMethod: "Arith.Divide", Seq: 2 }, Request);
    encoder.append({ X: 9, Y: 0 }, Point);
    return encoder.take();
  };

  test("decodes what is put into its own memory, however much at once", () => {
    const encoder = new gob.Encoder();
    const texts = Array.from({ length: 200 }, (_, i) => `${i} `.repeat(1 + ((i * 7919) % 4000)));
    for (const text of texts) encoder.append(text, gob.string);
    const bytes = encoder.take();
    for (const most of [1000, 65_536, 1_000_000]) {
      const decoder = new gob.Decoder();
      const found: unknown[] = [];
      for (let at = 0; at < bytes.byteLength; ) {
        const room = decoder.room(Math.min(most, 4096));
        expect(room.byteLength).toBeGreaterThanOrEqual(Math.min(most, 4096));
        const part = bytes.subarray(at, at + Math.min(most, room.byteLength));
        room.set(part);
        decoder.advance(part.byteLength);
        at += part.byteLength;
        for (let text = decoder.decode(gob.string); text !== undefined; text = decoder.decode(gob.string))
          found.push(text);
      }
      expect(found).toEqual(texts);
      decoder.end();
      expect(() => decoder.room(1)).toThrow(TypeError);
    }
  });

  test("decodes by turns as a schema says and as the stream says, each in its own way", () => {
    const Holder = gob.struct("Holder", { A: gob.any });
    const theirs = new gob.Registry();
    theirs.register("test.Point", Point);
    const encoder = new gob.Encoder(undefined, { registry: theirs });
    for (let i = 0; i < 6; i++) encoder.append({ A: gob.typed(Point, { X: i, Y: 1 }) }, Holder);
    const decoder = new gob.Decoder(undefined, { registry: new gob.Registry() });
    decoder.push(encoder.take());
    for (let i = 0; i < 6; i += 2) {
      expect(decoder.decode()).toEqual({ A: { X: i, Y: 1 } });
      expect(() => decoder.decode(Holder)).toThrow("name not registered for interface");
    }
  });

  test("decodes a header, then a body by another schema, or skips it", () => {
    const decoder = new gob.Decoder();
    for (const byte of stream()) decoder.push(Uint8Array.of(byte));
    expect(decoder.decode(Request)).toEqual({ ServiceMethod: "Arith.Multiply", Seq: 1 });
    expect(decoder.decode(null)).toBe(true);
    expect(decoder.decode(Request)).toEqual({ ServiceMethod: "Arith.Divide", Seq: 2 });
    expect(decoder.decode(Point)).toEqual({ X: 9, Y: 0 });
    expect(decoder.decode(Request)).toBeUndefined();
    decoder.end();
    expect(decoder.decode(Request)).toBeNull();
    expect(decoder.decode(null)).toBeNull();
    expect(() => decoder.push(new Uint8Array(1))).toThrow(TypeError);
  });

  test("may be given another schema when the value is complete than before", () => {
    const decoder = new gob.Decoder();
    const bytes = gob.encode({ X: 7, Y: 8 }, Point);
    decoder.push(bytes.subarray(0, -1));
    expect(decoder.decode(Request)).toBeUndefined();
    decoder.push(bytes.subarray(-1));
    expect(decoder.decode(Point)).toEqual({ X: 7, Y: 8 });
  });

  test("reads from a Reader, and gives null at its end", async () => {
    for (const size of [1, 2, 1000]) {
      const decoder = new gob.Decoder(new Chunks(stream(), size));
      const got = await Promise.all([
        decoder.decode(Request),
        decoder.decode(),
        decoder.decode(null),
        decoder.decode(Point),
      ]);
      expect(got).toEqual([{ ServiceMethod: "Arith.Multiply", Seq: 1 }, { X: 7, Y: 8 }, true, { X: 9, Y: 0 }]);
      expect(await decoder.decode()).toBeNull();
      expect(await decoder.decode()).toBeNull();
    }
  });

  test("an end in the middle of a value is an error, and one between values none", async () => {
    const bytes = stream();
    const outcome = async (n: number): Promise<unknown> => {
      const decoder = new gob.Decoder(new Chunks(bytes.subarray(0, n), 100));
      try {
        while ((await decoder.decode()) !== null);
        return null;
      } catch (err) {
        return (err as gob.GobError).code;
      }
    };
    const outcomes = await Promise.all(Array.from({ length: bytes.byteLength + 1 }, (_, n) => outcome(n)));
    const ends = outcomes.flatMap((code, n) => (code === null ? [n] : []));
    expect(ends).toEqual([0, 70, 110, 130, 136]);
    expect(outcomes.every((code) => code === null || code === "ERR_UNEXPECTED_EOF")).toBe(true);
  });

  test("passes on what a Reader fails with, and can be asked again", async () => {
    let times = 0;
    const chunks = new Chunks(stream(), 10);
    const decoder = new gob.Decoder({
      read: (p: Uint8Array) => (times++ === 1 ? Promise.reject(new Error("i/o timeout")) : chunks.read(p)),
    });
    await expect(decoder.decode(Request)).rejects.toThrow("i/o timeout");
    expect(await decoder.decode(Request)).toEqual({ ServiceMethod: "Arith.Multiply", Seq: 1 });
  });

  test("talks to an Encoder over a conn", async () => {
    const [a, b] = pipe();
    const encoder = new gob.Encoder(a);
    const decoder = new gob.Decoder(b);
    const sent = encoder.encode({ X: 1, Y: 2 }, Point).then(() => encoder.encode("bye", gob.string));
    expect(await decoder.decode(Point)).toEqual({ X: 1, Y: 2 });
    expect(await decoder.decode(gob.string)).toBe("bye");
    await sent;
    a.close();
    expect(await decoder.decode()).toBeNull();
    b.close();
  });

  test("takes two streams for one, and says so", () => {
    const decoder = new gob.Decoder();
    decoder.push(gob.encode({ X: 1, Y: 2 }, Point));
    decoder.push(gob.encode({ X: 3, Y: 4 }, Point));
    decoder.decode(Point);
    expect(() => decoder.decode(Point)).toThrow("gob: duplicate type received");
    expect(decoder.decode(Point)).toEqual({ X: 3, Y: 4 });
  });

  test("any values survive any cutting", () => {
    const values = fc.array(fc.record({ X: fc.integer(), Y: fc.integer() }), { maxLength: 20 });
    fc.assert(
      fc.property(values, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (points, sizes) => {
        const encoder = new gob.Encoder();
        for (const point of points) encoder.append(point, Point);
        const bytes = encoder.take();
        const decoder = new gob.Decoder();
        const got: unknown[] = [];
        for (let at = 0, i = 0; at < bytes.byteLength; i++) {
          const size = sizes[i % sizes.length] as number;
          decoder.push(bytes.subarray(at, at + size));
          at += size;
          for (let value = decoder.decode(Point); value != null; value = decoder.decode(Point)) got.push(value);
        }
        expect(got).toEqual(points);
      }),
    );
  });
});

describe("interface values", () => {
  const registry = new gob.Registry();
  const Circle = gob.struct("Circle", { Radius: gob.float64 });
  const Square = gob.struct("Square", { Side: gob.int, At: gob.any });
  const Tags = gob.named("Tags", gob.slice(gob.string));
  registry.register("shapes.Circle", Circle);
  registry.register("shapes.Square", Square);
  registry.register("shapes.Tags", Tags);
  const options = { registry };
  const there = <T>(value: T): unknown => {
    const T = gob.struct("T", { V: gob.any, After: gob.int });
    const got = gob.decode(gob.encode({ V: value, After: 7 }, T, options), T, options);
    expect(got.After).toBe(7);
    return got.V;
  };

  test("of basic types need no names", () => {
    const values = [
      true,
      "text",
      5,
      -1.5,
      2n ** 60n,
      2n ** 63n,
      new Uint8Array([1]),
      [1, 2],
      ["a"],
      [true],
      [1.5, 2],
      new gob.GoTime(1, 2),
    ];
    for (const value of values) expect(there(value)).toEqual(value);
    expect(there(new Date(5))).toEqual(new gob.GoTime(0, 5_000_000));
    expect(there(null)).toBeNull();
    expect(there(undefined)).toBeNull();
    expect(there(Int16Array.of(1, 2))).toEqual([1, 2]);
  });

  test("of other types tell them by typed, or by what they were decoded from", () => {
    const circle = there(gob.typed(Circle, { Radius: 2.5 }));
    expect(circle).toEqual({ Radius: 2.5 });
    expect(registry.typeOf(circle)).toBe("shapes.Circle");
    expect(registry.typeOf(there(circle))).toBe("shapes.Circle");
    const tags = there(gob.typed(Tags, ["a"]));
    expect(registry.typeOf(there(tags))).toBe("shapes.Tags");
    expect(registry.typeOf({ Radius: 1 })).toBeUndefined();
    expect(there(gob.typed(gob.int8, 5))).toBe(5);
  });

  test("that look like one registered struct are taken for it", () => {
    expect(registry.typeOf(there({ Radius: 1 }))).toBe("shapes.Circle");
    expect(there({ Side: 1, At: { Side: 2, At: [{ Radius: 3 }, null, "x"] } })).toEqual({
      Side: 1,
      At: { Side: 2, At: [{ Radius: 3 }, null, "x"] },
    });
  });

  test("of lists and maps of anything go as []interface {} and map[string]interface {}", () => {
    const value = [1, "a", null, [{ Radius: 1 }], new Map<string, unknown>([["k", [1, "b"]]])];
    expect(there(value)).toEqual(value);
    expect(there([])).toEqual([]);
  });

  test("of unknown types are refused, in Go's words", () => {
    expect(() => there({ Unknown: 1 })).toThrow("gob: type not registered for interface: struct { Unknown int }");
    expect(() => there(gob.typed(Point, { X: 1, Y: 2 }))).toThrow("gob: type not registered for interface: Point");
    expect(() => there(gob.typed(gob.optional(Circle), null))).toThrow(
      "gob: cannot encode nil pointer of type *Circle inside interface",
    );
    const T = gob.struct({ V: gob.any });
    const bytes = gob.encode({ V: { Radius: 1 } }, T, options);
    expect(() => gob.decode(bytes, T)).toThrow('gob: name not registered for interface: "shapes.Circle"');
    expect(gob.decode(bytes)).toEqual({ V: { Radius: 1 } });
  });

  test("stand at the top, too", () => {
    expect(gob.decode(gob.encode(5, gob.any), gob.any)).toBe(5);
    expect(gob.decode(gob.encode(null, gob.any), gob.any)).toBeNull();
  });

  test("names are one to one, as Go has it", () => {
    expect(() => registry.register("", Point)).toThrow("gob: attempt to register empty name");
    expect(() => registry.register("shapes.Circle", Point)).toThrow(
      'gob: registering duplicate types for "shapes.Circle": Circle != Point',
    );
    expect(() => registry.register("other", Circle)).toThrow(
      'gob: registering duplicate names for Circle: "shapes.Circle" != "other"',
    );
    expect(() => registry.register("shapes.Circle", gob.struct("Circle", { Radius: gob.float64 }))).not.toThrow();
    expect(registry.schemaOf("int")?.toString()).toBe("int");
    expect(registry.nameOf(gob.slice(gob.string))).toBe("[]string");
  });

  test("define their types ahead of the value, which is in one message", () => {
    const T = gob.struct("T", { V: gob.any, After: gob.int });
    const text = gob.toDebugString(gob.encode({ V: { Side: 1, At: { Radius: 2 } }, After: 7 }, T, options));
    expect(text.split("\n").filter((line) => !line.startsWith("   "))).toEqual([
      "message of 31 bytes",
      "  type 65: T struct { V interface; After int }",
      "message of 36 bytes",
      "  type 66: Square struct { Side int; At interface }",
      "message of 31 bytes",
      "  type 67: Circle struct { Radius float }",
      "message of 47 bytes",
      "  value of type T (65)",
    ]);
  });
});

test("what is no schema of ours is refused, and the value stays", () => {
  const decoder = new gob.Decoder();
  decoder.push(gob.encode(5, gob.int));
  expect(() => decoder.decode({} as gob.Schema)).toThrow(new TypeError("Schema is none of toolkit/gob"));
  expect(decoder.decode(gob.int)).toBe(5);
  expect(() => gob.encode(5, {} as gob.Schema)).toThrow(TypeError);
});

describe("without a schema", () => {
  const there = (value: unknown): unknown => gob.decode(gob.encode(value));

  test("values go through", () => {
    const date = new gob.GoTime(1, 2);
    const value = {
      Bool: true,
      Int: 5,
      Big: 2n ** 62n,
      Float: 1.5,
      Text: "t",
      Bytes: Uint8Array.of(1, 2),
      List: [1, 2.5],
      Deep: [{ A: 1 }, { A: 2, B: "b" }],
      Map: new Map([["k", { V: [1] }]]),
      Nothing: null,
    };
    expect(there(value)).toEqual({
      ...value,
      Deep: [
        { A: 1, B: "" },
        { A: 2, B: "b" },
      ],
    });
    expect(gob.decode(gob.encode({ When: date }), gob.struct({ When: gob.time }))).toEqual({ When: date });
    expect(there([1, "a"])).toEqual([1, "a"]);
    expect(there(-0)).toBe(-0);
    expect(there([])).toEqual([]);
    expect(there(new Map())).toEqual(new Map());
  });

  test.each([
    [5, "int"],
    [5.5, "float64"],
    [2 ** 60, "float64"],
    [5n, "int64"],
    [2n ** 63n, "uint64"],
    ["", "string"],
    [[1, 2], "[]int"],
    [[1, 2.5], "[]float64"],
    [[1, 5n], "[]int64"],
    [[1, "a"], "[]interface {}"],
    [[[1], [2.5]], "[][]float64"],
    [[1, null], "[]interface {}"],
    [new Map([["a", 1]]), "map[string]int"],
    [{ A: 1, F: () => 1, U: undefined }, "struct { A int }"],
    [
      new (class Args {
        A = 1;
      })(),
      "Args",
    ],
    [new Date(0), "time.Time"],
    [Float32Array.of(1), "[]float32"],
  ] as const)("%s is of type %s", (value, type) => {
    expect(String(gob.infer(value))).toBe(type);
  });

  test("what Go has nothing for is refused", () => {
    for (const value of [() => 1, Symbol("s"), new Set([1]), new ArrayBuffer(1), new DataView(new ArrayBuffer(1))]) {
      expect(() => gob.encode(value)).toThrow(TypeError);
    }
    expect(() => gob.encode(2n ** 64n)).toThrow(RangeError);
  });

  test("an int decodes as int, in Go's sense", () => {
    expect(hex(gob.encode(3))).toBe("03040006");
    expect(gob.decode(gob.encode({ A: 7 }), gob.struct({ A: gob.int8 }))).toEqual({ A: 7 });
  });

  test("types that encode themselves come as their bytes", () => {
    expect(gob.decode(gob.encode(255n, gob.bigInt))).toEqual(unhex("02ff"));
  });
});

describe("ideas of Go's tests", () => {
  test("TestSequentialDecoder: values of other types follow each other", () => {
    const encoder = new gob.Encoder();
    const values: [unknown, gob.Schema][] = [
      ["str", gob.string],
      [1, gob.int],
      [{ X: 1, Y: 2 }, Point],
      [[[1], []], gob.slice(gob.slice(gob.int))],
    ];
    for (const [value, schema] of values) encoder.append(value, schema);
    const decoder = new gob.Decoder();
    decoder.push(encoder.take());
    for (const [value, schema] of values) expect(decoder.decode(schema)).toEqual(value);
  });

  test("TestMapBug1 and TestPtrToMapOfMap: maps of maps of maps", () => {
    const M = gob.map(gob.string, gob.optional(gob.map(gob.string, gob.map(gob.int, gob.bool))));
    const value = new Map([["a", new Map([["b", new Map([[1, true]])]])]]);
    expect(gob.decode(gob.encode(value, M), M)).toEqual(value);
  });

  test("TestNetIP: a named []byte is bytes", () => {
    const IP = gob.named("net.IP", gob.bytes);
    expect(hex(gob.encode(Uint8Array.of(1, 2, 3, 4), IP))).toBe("070a000401020304");
  });

  test("Test29ElementSlice and TestLargeSlice", () => {
    const T = gob.struct({ L: gob.slice(gob.struct({ N: gob.int })) });
    for (const n of [29, 100_000]) {
      const value = { L: Array.from({ length: n }, (_, N) => ({ N })) };
      expect(gob.decode(gob.encode(value, T), T)).toEqual(value);
    }
  });

  test("TestIgnoreRecursiveType: what is unknown may be recursive", () => {
    interface Tree {
      V: number;
      Kids: Tree[];
    }
    const Tree: gob.Schema<Tree> = gob.struct("Tree", { V: gob.int, Kids: gob.slice(gob.lazy(() => Tree)) });
    const From = gob.struct({ A: gob.int, Tree, M: gob.map(gob.string, Tree), X: gob.any, B: gob.int });
    const tree = { V: 1, Kids: [{ V: 2, Kids: [{ V: 3, Kids: [] }] }] };
    const bytes = gob.encode({ A: 1, Tree: tree, M: { a: tree }, X: [null, "x", [1]], B: 2 }, From);
    expect(gob.decode(bytes, gob.struct({ A: gob.int, B: gob.int }))).toEqual({ A: 1, B: 2 });
  });

  test("TestAutoIndirection: pointers of any depth are not on the wire", () => {
    const Deep = gob.struct({ A: gob.optional(gob.optional(gob.optional(gob.int))) });
    const Flat = gob.struct({ A: gob.int });
    expect(gob.decode(gob.encode({ A: 17 }, Deep), Flat)).toEqual({ A: 17 });
    expect(gob.decode(gob.encode({ A: 17 }, Flat), Deep)).toEqual({ A: 17 });
  });

  test("TestRecursiveSliceType and TestRecursiveMapType", () => {
    interface List extends Array<List> {}
    const List: gob.Schema<List> = gob.named("List", gob.slice(gob.lazy(() => List)));
    const value: List = [[], [[], []]];
    expect(gob.decode(gob.encode(value, List), List)).toEqual(value);
    interface Dict extends Map<string, Dict> {}
    const Dict: gob.Schema<Dict> = gob.named(
      "Dict",
      gob.map(
        gob.string,
        gob.lazy(() => Dict),
      ),
    );
    const dict: Dict = new Map([["a", new Map()]]);
    expect(gob.decode(gob.encode(dict, Dict), Dict)).toEqual(dict);
  });
});

test("toDebugString ends after many lines, and never throws", () => {
  const long = gob.toDebugString(gob.encode(Array.from({ length: 50_000 }, (_, i) => i)));
  expect(long.split("\n")).toHaveLength(10_001);
  expect(long.endsWith("and so on")).toBe(true);
  expect(gob.toDebugString(Uint8Array.of(5, 1, 2))).toBe("byte 1: unexpected EOF");
  expect(gob.toDebugString(new Uint8Array(0))).toBe("");
});
