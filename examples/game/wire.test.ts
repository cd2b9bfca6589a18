import fc from "fast-check";
import { expect, test } from "vitest";
import { datagramBytes, seal, unseal } from "./datagram.js";
import { decodeInput, encodeInput } from "./input.js";
import { parse } from "./protocol.js";
import { decodeSnapshot, encodeSnapshot, type Snapshot } from "./snapshot.js";

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const i8 = fc.integer({ min: -127, max: 127 });
const input = fc.record({ seq: u32, seen: u32, x: i8, y: i8 });
const at = fc.double({ min: 0, max: 1000, noNaN: true });
const speed = fc.double({ min: -1000, max: 1000, noNaN: true });
const player = fc.record({
  id: fc.nat(15),
  x: at,
  y: at,
  vx: speed,
  vy: speed,
  score: fc.nat(9999),
  seq: u32,
});
const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  tick: u32,
  phase: fc.constantFrom("play", "pause"),
  secondsLeft: fc.double({ min: 0, max: 60, noNaN: true }),
  players: fc.array(player, { maxLength: 16 }),
  coins: fc.array(fc.record({ x: at, y: at, value: fc.constantFrom(1, 5) }), { maxLength: 60 }),
});
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

test("a snapshot comes back as it was, to a 32nd", () => {
  const property = (snapshot: Snapshot) => {
    const back = decodeSnapshot(encodeSnapshot(snapshot));
    expect(back).toMatchObject({ tick: snapshot.tick, phase: snapshot.phase });
    expect(back.players.map(({ id, score, seq }) => [id, score, seq])).toEqual(
      snapshot.players.map(({ id, score, seq }) => [id, score, seq]),
    );
    const numbers = ({ players, coins }: Snapshot) => [
      ...players.flatMap(({ x, y, vx, vy }) => [x, y, vx, vy]),
      ...coins.flatMap(({ x, y, value }) => [x, y, value]),
    ];
    const [sent, came] = [numbers(snapshot), numbers(back)];
    expect(came).toHaveLength(sent.length);
    for (const [i, value] of came.entries())
      expect(Math.abs(value - (sent[i] ?? Number.NaN))).toBeLessThanOrEqual(1 / 32);
  };
  fc.assert(fc.property(snapshots, property));
});

test("a snapshot that is cut off is an error", () => {
  const property = (snapshot: Snapshot, part: number) => {
    const bytes = encodeSnapshot(snapshot);
    expect(() => decodeSnapshot(bytes.subarray(0, Math.floor(part * bytes.byteLength)))).toThrow(RangeError);
  };
  fc.assert(fc.property(snapshots, fc.double({ min: 0, max: 0.999, noNaN: true }), property));
});

test("an input comes back as it was; what is longer or shorter is none", () => {
  const property = fc.property(input, (value) => {
    expect(decodeInput(encodeInput(value))).toEqual(value);
  });
  fc.assert(property);
  expect(() => decodeInput(new Uint8Array(9))).toThrow("Expected 10 bytes");
  expect(() => decodeInput(new Uint8Array(11))).toThrow("Expected 10 bytes");
});

test("a datagram is taken from whom it is, and from nobody else, as it was sent", () => {
  const property = (mine: Uint8Array, other: Uint8Array, value: Parameters<typeof seal>[2], flip: number) => {
    fc.pre(Buffer.compare(mine, other) !== 0);
    const datagram = seal(mine, 3, value);
    expect(unseal(datagram, (id) => (id === 3 ? mine : undefined))).toEqual({ player: 3, input: value });
    expect(unseal(datagram, () => undefined)).toBeNull(); // nobody who plays
    expect(unseal(datagram, () => other)).toBeNull(); // somebody else's key
    datagram[flip] = (datagram[flip] ?? 0) ^ 1;
    expect(unseal(datagram, () => mine)).toBeNull(); // changed on the way
    expect(unseal(datagram.subarray(1), () => mine)).toBeNull();
  };
  fc.assert(fc.property(key, key, input, fc.nat(datagramBytes - 1), property));
});

test.each(["{", "null", '{"type":"join"}', '{"type":"join","name":" "}', '{"type":"ping","at":"1"}', '{"type":"win"}'])(
  "%s is no message",
  (json) => expect(() => parse(json)).toThrow(SyntaxError),
);
