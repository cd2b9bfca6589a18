// Mutated streams of real Go programs end in values or in a GobError. `TOOLKIT_FUZZ=1000000 npx vitest run test/fuzz/gob`
// tries a million; `TOOLKIT_FUZZ_SEED` gives others.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as gob from "../../src/gob/index.js";
import { parseCases, registryOf, Schemas, unhex } from "../gob/cases.js";

const count = Number(process.env["TOOLKIT_FUZZ"] ?? 15_000);
const seed = Number(process.env["TOOLKIT_FUZZ_SEED"] ?? 1);
const read = (name: string) => readFileSync(new URL(`../testdata/gob/${name}`, import.meta.url), "utf8");
const cases = parseCases(read("go1.20.jsonl") + read("go1.21.jsonl"));
const limits = { maxAllocBytes: 1 << 20, maxElements: 1 << 14, maxMessageBytes: 1 << 16, maxDepth: 100 };

/** Numbers below `n` that are the same in every run (mulberry32). */
function randomOf(start: number): (n: number) => number {
  let state = start;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const streams = cases.map((c) => unhex(c.Gob));
const interesting = [0, 1, 2, 3, 4, 7, 8, 16, 0x7f, 0x80, 0xf7, 0xf8, 0xfb, 0xfc, 0xfe, 0xff];

function mutate(stream: Uint8Array, random: (n: number) => number): Uint8Array {
  let bytes = Array.from(stream);
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(bytes.length + 1);
    switch (random(7)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = interesting[random(interesting.length)] as number;
        break;
      case 2:
        bytes.splice(at, 1 + random(4));
        break;
      case 3:
        bytes.splice(at, 0, random(256));
        break;
      case 4:
        bytes[at] = ((bytes[at] ?? 0) + (random(2) === 0 ? 1 : 255)) & 255;
        break;
      case 5: {
        const other = streams[random(streams.length)] as Uint8Array;
        const from = random(other.byteLength);
        bytes = [...bytes.slice(0, at), ...other.subarray(from, from + random(60)), ...bytes.slice(at)];
        break;
      }
      default:
        bytes = bytes.slice(0, at);
    }
  }
  return Uint8Array.from(bytes);
}

test(`${count} mutated streams end in values or in a GobError`, { timeout: 60_000 + count }, () => {
  const random = randomOf(seed);
  const plans = cases.map((c) => {
    const schemas = new Schemas();
    return { registry: registryOf([c], schemas), types: c.Items.map(({ Type }) => schemas.of(Type)) };
  });
  const before = Object.getOwnPropertyNames(Object.prototype);
  let values = 0;
  let errors = 0;
  for (let i = 0; i < count; i++) {
    const which = random(cases.length);
    const { registry, types } = plans[which] as (typeof plans)[number];
    const bytes = mutate(streams[which] as Uint8Array, random);
    const mode = random(4);
    const decoder = new gob.Decoder(undefined, { ...limits, registry });
    const cut = random(3) === 0 ? random(bytes.byteLength + 1) : bytes.byteLength;
    decoder.push(bytes.subarray(0, cut));
    for (let n = 0, step = 0, hasAll = false; step < 3 * bytes.byteLength + 9; step++) {
      try {
        const value =
          mode === 0 ? decoder.decode(null) : decoder.decode(mode === 1 ? undefined : types[n++ % types.length]);
        if (value === null) break;
        if (value !== undefined) values++;
        else if (hasAll) throw new Error("the end gives neither a value nor an error");
        else {
          decoder.push(bytes.subarray(cut));
          decoder.end();
          hasAll = true;
        }
      } catch (err) {
        if (!(err instanceof gob.GobError))
          throw new Error(`seed ${seed}, stream ${i}: ${Buffer.from(bytes).toString("hex")}`, { cause: err });
        errors++;
        if (decoder.failure !== null || err.code === "ERR_UNEXPECTED_EOF") break;
      }
    }
    if (i % 50 === 0) gob.toDebugString(bytes);
  }
  expect(values).toBeGreaterThan(count / 10);
  expect(errors).toBeGreaterThan(count / 10);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
});
