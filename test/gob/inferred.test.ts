import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import * as gob from "../../src/gob/index.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** How many bytes the heap grows by while `times` values are encoded, once the first have been. */
function growth(times: number, encode: (i: number) => unknown): number {
  const run = (n: number) => {
    for (let i = 0; i < n; i++) encode(i);
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = run(1000);
  return run(times) - before;
}

/** The values of a stream, decoded as it says. */
function roundTrips(values: readonly unknown[]): unknown[] {
  const encoder = new gob.Encoder();
  const decoder = new gob.Decoder();
  for (const value of values) decoder.push(encoder.encode(value));
  return values.map(() => decoder.decode());
}

describe("values without a schema", () => {
  test("take no memory for each message, however many have the same shape", () => {
    const encoder = new gob.Encoder();
    const bytes = encoder.encode({ A: 0, B: [{ C: "x" }] }).byteLength;
    expect(growth(100_000, (i) => encoder.encode({ A: i & 63, B: [{ C: "x" }] }))).toBeLessThan(2_000_000);
    expect(encoder.encode({ A: 1, B: [{ C: "x" }] }).byteLength).toBeLessThan(bytes / 4); // known: no definition
  });

  test("may lack a field that one before had, which is zero then", () => {
    const lists = [[{ A: 1, B: 2 }], [{ A: 1 }, { A: 3, B: 2 }], [{ A: 1, B: 4 }]];
    expect(roundTrips(lists)).toEqual([
      lists[0],
      [
        { A: 1, B: 0 },
        { A: 3, B: 2 },
      ],
      lists[2],
    ]);
  });

  test("that look alike but for a kind, an order, a class or a field have types of their own", () => {
    class Named {
      A = 1;
    }
    const values = [
      { A: 1 },
      { A: 1.5 },
      { A: "x" },
      { A: true },
      new Named(),
      { A: 1, B: 2 },
      { B: 2, A: 1 },
      { A: 2 },
    ];
    const encoder = new gob.Encoder();
    const sizes = values.map((value) => encoder.encode(value).byteLength);
    expect(sizes.slice(0, -1).every((size) => size > 15)).toBe(true); // each with a definition
    expect(sizes.at(-1)).toBeLessThan(10);
    expect(roundTrips(values)).toEqual(values.map((value) => Object.fromEntries(Object.entries(value))));
  });

  test("can be of so many types on a stream, which goes on with those that it has", () => {
    const encoder = new gob.Encoder();
    for (let i = 0; i < 4096; i++) encoder.append({ [`F${i}`]: 1 });
    expect(() => encoder.append({ OneMore: 1 })).toThrow(
      new RangeError("gob: more than 4096 types of values without a schema"),
    );
    expect(() => encoder.append({ F0: 2 })).not.toThrow();
    expect(() => encoder.append({ OneMore: 1 }, gob.struct({ OneMore: gob.int }))).not.toThrow();
  });
});

describe("schemas", () => {
  test("that are made for each message are not kept", () => {
    const encoder = new gob.Encoder();
    const encode = (i: number) => encoder.encode({ A: i & 63 }, gob.struct("T", { A: gob.int }));
    expect(growth(20_000, encode)).toBeLessThan(2_000_000);
  });
});
