import fc from "fast-check";
import { LimitError } from "toolkit/net";
import { ProtocolError } from "toolkit/rpc";
import { describe, expect, test } from "vitest";
import { Scanner } from "../../src/rpc/msgpack/scanner.js";
import { decodeValue, encodeValue } from "../../src/rpc/msgpack/values.js";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const encode = (value: unknown) => {
  const packed = encodeValue(value, 100);
  return new Uint8Array(packed.subarray(packed.start, packed.end)); // a copy: the block is used again
};
const scan = (hex: string, limits = {}) => {
  const p = bytes(hex);
  return new Scanner(limits).scan(p, 0, p.byteLength);
};

/** Scans as the bytes arrive, one at a time; returns the sizes that it found, each at the byte that it was found. */
function scanOneByOne(p: Uint8Array): number[] {
  const scanner = new Scanner();
  const sizes: number[] = [];
  let start = 0;
  for (let end = 1; end <= p.byteLength; end++) {
    const n = scanner.scan(p, start, end);
    if (n === 0) continue;
    expect(start + n).toBe(end);
    sizes.push(n);
    start += n;
  }
  return sizes;
}

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null), fc.string({ maxLength: 300 })),
    fc.uint8Array({ maxLength: 300 }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.array(tie("any"), { maxLength: 20 }),
    fc.dictionary(fc.string({ maxLength: 40 }), tie("any"), { maxKeys: 20 }),
  ),
})).any;

describe("Scanner", () => {
  test("finds the end of each kind of value", () => {
    const kinds: [string, string][] = [
      ["nil and booleans", "c0"],
      ["fixint", "7f"],
      ["negative fixint", "e0"],
      ["uint 8", "ccff"],
      ["uint 64", "cfffffffffffffffff"],
      ["int 32", "d2ffffffff"],
      ["float 32", "ca00000000"],
      ["float 64", "cb0000000000000000"],
      ["fixstr", "a3616263"],
      ["str 8", "d903616263"],
      ["str 16", "da0003616263"],
      ["str 32", "db00000003616263"],
      ["bin 8", "c4020102"],
      ["bin 16", "c500020102"],
      ["bin 32", "c6000000020102"],
      ["empty map", "80"],
      ["fixmap", "82a14107a14208"],
      ["map 16", "de0001a14107"],
      ["map 32", "df00000001a14107"],
      ["empty array", "90"],
      ["nested fixarrays", "9291c09190"],
      ["array 16", "dc0002c0c0"],
      ["array 32", "dd00000002c0c0"],
      ["timestamp 32", "d6ff00000000"],
      ["timestamp 64", "d7ff0000000000000000"],
      ["timestamp 96", "c70cff000000000000000000000000"],
      ["undefined", "d40000"],
    ];
    for (const [name, hex] of kinds) {
      expect(scan(`${hex}c0c0`), name).toBe(hex.length / 2);
      expect(scanOneByOne(bytes(hex)), name).toEqual([hex.length / 2]);
    }
  });

  test("finds the same ends one byte at a time as at once, for any values", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
        const parts = values.map(encode);
        expect(scanOneByOne(Buffer.concat(parts))).toEqual(parts.map((part) => part.byteLength));
      }),
    );
  });

  test("finds nothing in what is cut short", () => {
    fc.assert(
      fc.property(value, (v) => {
        const p = encode(v);
        const scanner = new Scanner();
        for (let end = 0; end < p.byteLength; end++) expect(scanner.scan(p, 0, end)).toBe(0);
        expect(scanner.scan(p, 0, p.byteLength)).toBe(p.byteLength);
      }),
    );
  });

  test("goes on after the block has moved", () => {
    const p = bytes("93a3616263c402010207");
    const scanner = new Scanner();
    expect(scanner.scan(p, 0, 7)).toBe(0);
    const moved = new Uint8Array(20);
    moved.set(p, 5);
    expect(scanner.scan(moved, 5, 15)).toBe(10);
  });

  test("refuses the byte that is never used", () => {
    expect(() => scan("c1")).toThrow(ProtocolError);
    expect(() => scan("92c0c1")).toThrow("0xc1");
  });

  test("refuses a count that the limit leaves no room for, before anything of it comes", () => {
    for (const hex of [
      "ddffffffff",
      "dfffffffff",
      "dbffffffff",
      "c6ffffffff",
      "c9ffffffff01",
      "df01000001",
      "c602000001",
    ]) {
      expect(() => scan(hex), hex).toThrow(LimitError);
    }
    expect(() => scan("a401020304", { maxMessageBytes: 4 })).toThrow("maxMessageBytes");
    expect(scan("a401020304", { maxMessageBytes: 5 })).toBe(5);
  });

  test("refuses what is nested too deep", () => {
    expect(scan("91".repeat(100) + "c0")).toBe(101);
    expect(() => scan("91".repeat(101) + "c0")).toThrow("maxDepth");
    expect(() => scan("9191c0", { maxDepth: 1 })).toThrow(LimitError);
    expect(() => scan("81a0".repeat(1_000_000))).toThrow(LimitError);
  });

  test("refuses more items than the limit", () => {
    expect(() => scan(`dc0008${"80".repeat(8)}`, { maxItems: 8 })).toThrow("maxItems");
    expect(scan(`dc0008${"80".repeat(8)}`, { maxItems: 9 })).toBe(11);
    expect(() => scan(`dc0008${"c400".repeat(8)}`, { maxItems: 8 })).toThrow("maxItems");
    expect(scan(`dc0008${"a0".repeat(8)}`, { maxItems: 8 })).toBe(11);
    expect(() => scan("83a101c0a102c0a103c0", { maxItems: 3 })).toThrow("maxItems");
  });

  test("names an extension that has no place in a message, and goes on", () => {
    for (const [hex, type] of [
      ["d47240", 0x72],
      ["c70362010203", 0x62],
      ["d4ff00", 0xff],
      ["91d6690000000190", 0x69],
      ["93c0d40000d465009001", 0x65],
    ] as const) {
      const p = bytes(hex);
      const scanner = new Scanner();
      scanner.scan(p, 0, p.byteLength);
      expect(scanner.foreign, hex).toBe(type);
      expect(scanner.scan(bytes("c0"), 0, 1)).toBe(1);
      expect(scanner.foreign).toBe(-1);
    }
  });
});

describe("values", () => {
  const round = (v: unknown) => {
    const p = encode(v);
    return decodeValue(p, 0, p.byteLength);
  };

  test("come back as they went", () => {
    fc.assert(
      fc.property(value, (v) => {
        expect(round(v)).toEqual(normal(v));
      }),
    );
  });

  test("a safe integer is an integer on the wire, and a number again", () => {
    expect(Buffer.from(encode(5_000_000_000)).toString("hex")).toBe("d3000000012a05f200");
    expect(Buffer.from(encode(-5_000_000_000)).toString("hex")).toBe("d3fffffffed5fa0e00");
    for (const n of [2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1, 1e300, -0.5]) expect(round(n)).toBe(n);
    expect(round(2n ** 63n)).toBe(2n ** 63n);
  });

  test("nothing that is decoded shares memory with what it came from", () => {
    const p = encode({ small: new Uint8Array([1, 2, 3]), large: new Uint8Array(1000).fill(7), text: "text" });
    const decoded = decodeValue(p, 0, p.byteLength);
    p.fill(0xff);
    expect(decoded).toEqual({ small: new Uint8Array([1, 2, 3]), large: new Uint8Array(1000).fill(7), text: "text" });
  });

  test("typed arrays of more than bytes are lists, and leak no other memory", () => {
    encode("secret ".repeat(100));
    expect(round(new Float64Array([0.5, 2]))).toEqual([0.5, 2]);
    expect(round(new Int16Array([300, 2]))).toEqual([300, 2]);
    expect(round(new BigUint64Array([2n ** 64n - 1n]))).toEqual([2n ** 64n - 1n]);
    expect(round(new Uint8Array([1, 2]).buffer)).toEqual(new Uint8Array([1, 2]));
    expect(round(new DataView(new Uint8Array([1, 2, 3]).buffer, 1))).toEqual(new Uint8Array([2, 3]));
    expect(encode(new Float64Array(32)).byteLength).toBe(35);
  });

  test("undefined is nil, a set a list, a map a map, toJSON is asked", () => {
    expect(
      round({ a: undefined, b: new Set([1, 2 ** 40]), c: new Map([["k", 2 ** 40]]), d: new URL("http://a.example/") }),
    ).toEqual({
      a: null,
      b: [1, 2 ** 40],
      c: { k: 2 ** 40 },
      d: "http://a.example/",
    });
    expect(round(new Date(1_763_712_550_500))).toEqual(new Date(1_763_712_550_500));
  });

  test("what cannot be said is refused, and leaves nothing behind", () => {
    const knot: Record<string, unknown> = {};
    knot["knot"] = knot;
    const bad = [() => 1, Symbol("s"), { f: () => 1 }, [Symbol("s")], 2n ** 64n, -(2n ** 63n) - 1n, knot, deep(101)];
    for (const v of bad) expect(() => encode(v)).toThrow(expect.objectContaining({ code: "ERR_RPC_ENCODE" }));
    expect(round(deep(100))).toEqual(deep(100));
  });

  test("a key named __proto__ sets no prototype", () => {
    const decoded = decodeValue(bytes("81a95f5f70726f746f5f5f81a56162757365c3"), 0, 19) as Record<string, unknown>;
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect(decoded["abuse"]).toBeUndefined();
    expect(decoded["__proto_"]).toEqual({ abuse: true });
  });
});

function deep(levels: number): unknown {
  let v: unknown = null;
  for (let i = 0; i < levels; i++) v = [v];
  return v;
}

/** A value as it comes back: -0 is 0, a small bigint a number. */
function normal(v: unknown): unknown {
  if (Object.is(v, -0)) return 0;
  if (typeof v === "bigint") return v >= -(2n ** 53n) && v <= 2n ** 53n ? Number(v) : v;
  if (Array.isArray(v)) return v.map(normal);
  if (typeof v !== "object" || v === null || v instanceof Uint8Array) return v;
  return Object.fromEntries(
    Object.entries(v).map(([key, item]) => [key === "__proto__" ? "__proto_" : key, normal(item)]),
  );
}
