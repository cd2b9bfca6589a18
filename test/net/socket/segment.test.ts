import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Segment } from "../../../src/net/socket/segment.js";
import { slabBytes } from "../../../src/net/socket/slab.js";
import { bytes, reasonOf, sequence } from "../../support/bytes.js";

/** Takes all that a segment has to hand over, in pieces. */
function handAll(segment: Segment, max: number): number[] {
  const all: number[] = [];
  while (segment.left > 0) {
    const piece = segment.hand(max);
    expect(piece.byteLength).toBeGreaterThan(0);
    expect(piece.byteLength).toBeLessThanOrEqual(max);
    all.push(...piece);
  }
  return all;
}

const sizes = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 30 });

describe("Segment", () => {
  test("hands over what was appended, whole and in order, in pieces of any size", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 500 }), (list, max) => {
        const all = sequence(list.reduce((a, b) => a + b));
        let at = list[0] as number;
        const first = all.slice(0, at);
        const segment = Segment.copy(first);
        first.fill(0); // it holds a copy
        for (const n of list.slice(1)) {
          if (!segment.append(all.subarray(at, at + n))) break;
          at += n;
        }
        expect(segment.length).toBe(at);
        expect(Uint8Array.from(handAll(segment, max))).toEqual(all.subarray(0, at));
        segment.done();
      }),
    );
  });

  test("takes a block full, and not a byte more", () => {
    const segment = Segment.copy(sequence(slabBytes - 1));
    expect(segment.append(bytes("ab"))).toBe(false);
    expect(segment.append(bytes("a"))).toBe(true);
    expect(segment.append(bytes("a"))).toBe(false);
    expect(segment.length).toBe(slabBytes);
    segment.done();
  });

  test("room is filled in by the caller, and appended to like a copy", () => {
    const segment = Segment.room(2);
    segment.bytes.set(bytes("ab"));
    const at = segment.extend(3);
    segment.bytes.set(bytes("cde"), at);
    expect(Uint8Array.from(handAll(segment, 100))).toEqual(bytes("abcde"));
    segment.done();
  });

  test("nothing is appended to what is handed over, or held by reference", () => {
    const handed = Segment.copy(bytes("abc"));
    handed.hand(1);
    expect(handed.append(bytes("d"))).toBe(false);
    expect(Segment.refer(bytes("abc")).append(bytes("d"))).toBe(false);
  });

  test("by reference it hands over the caller's own memory", () => {
    const p = sequence(1000);
    const segment = Segment.refer(p);
    expect(segment.hand(5000)).toBe(p);
    expect([segment.handed, segment.left]).toEqual([1000, 0]);
  });

  test("cut forgets what is not handed over", () => {
    const segment = Segment.refer(sequence(1000));
    segment.hand(300);
    segment.cut();
    expect([segment.length, segment.left]).toEqual([300, 0]);
  });
});

describe("those who wait for a segment", () => {
  test("each get the length of their own write", async () => {
    const segment = Segment.copy(bytes("abc"));
    const outcomes = [segment.join(3)];
    for (const text of ["de", "f", "g", "hi"]) {
      segment.append(bytes(text));
      outcomes.push(segment.join(text.length));
    }
    segment.hand(100);
    segment.done();
    expect(await Promise.all(outcomes)).toEqual([3, 2, 1, 1, 2]);
  });

  test("are told how much of their own write was handed over", async () => {
    const segment = Segment.copy(bytes("abc"));
    const outcomes = [segment.join(3)];
    segment.append(bytes("defg"));
    outcomes.push(segment.join(4));
    segment.append(bytes("hi"));
    outcomes.push(segment.join(2));
    segment.hand(5);
    segment.reject((n) => n);
    expect(await Promise.all(outcomes.map(reasonOf))).toEqual([3, 2, 0]);
  });

  test("hear of one outcome only", async () => {
    const segment = Segment.refer(bytes("abc"));
    const outcome = segment.join(3);
    segment.done();
    segment.reject(() => new Error("late"));
    expect(await outcome).toBe(3);
  });
});

test("the block of a segment that is done serves the next one, which holds its own bytes", () => {
  const first = Segment.copy(bytes("a"));
  first.append(bytes("b"));
  const block = first.hand(2).buffer;
  first.done();
  const second = Segment.copy(bytes("c"));
  second.append(bytes("d"));
  expect(second.bytes.buffer).toBe(block);
  expect(Uint8Array.from(handAll(second, 100))).toEqual(bytes("cd"));
  second.done();
});
