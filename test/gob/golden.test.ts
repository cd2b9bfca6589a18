// What real Go programs wrote, see interop/go/gobpeer; test/interop/gob.test.ts compares with the Go that is there.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as gob from "../../src/gob/index.js";
import { type Canon, canon, parseCases, registryOf, retyped, Schemas, type TypeText, unhex } from "./cases.js";

const read = (name: string) => readFileSync(new URL(`../testdata/gob/${name}`, import.meta.url), "utf8");

for (const [release, file] of [
  ["Go 1.20, whose ids begin at 65", "go1.20.jsonl"],
  ["Go 1.21, whose ids begin at 64", "go1.21.jsonl"],
] as const) {
  describe.each(parseCases(read(file)))(`a stream of ${release}: $Name`, (c) => {
    const schemas = new Schemas();
    const registry = registryOf([c], schemas);
    const stream = unhex(c.Gob);

    test("decodes to what Go decodes, whole and byte by byte", () => {
      for (const size of [stream.byteLength, 1, 2, 7]) {
        const decoder = new gob.Decoder(undefined, { registry });
        const values: unknown[] = [];
        for (let at = 0; at < stream.byteLength; at += size) {
          decoder.push(stream.subarray(at, at + size));
          for (;;) {
            const type = c.Items[values.length]?.Type;
            const value = decoder.decode(type === undefined ? undefined : schemas.of(type));
            if (value === undefined) break;
            values.push(value);
          }
        }
        decoder.end();
        expect(decoder.decode()).toBeNull();
        const got = values.map((value, i) => canon(c.Items[i]?.Type ?? "", value, c.Items[i]?.Value ?? null));
        expect(got).toEqual(c.Items.map(({ Value }) => Value));
      }
    });

    test("is encoded so that it decodes to the same", () => {
      const encoder = new gob.Encoder(undefined, { registry });
      const decoder = new gob.Decoder(undefined, { registry });
      const source = new gob.Decoder(undefined, { registry });
      source.push(stream);
      for (const { Type, Value } of c.Items) {
        const schema = schemas.of(Type);
        decoder.push(encoder.encode(retyped(Type, source.decode(schema), Value, schemas), schema));
        expect(canon(Type, decoder.decode(schema), Value)).toEqual(Value);
      }
    });

    test("decodes without a schema, and can be skipped", () => {
      const decoder = new gob.Decoder();
      decoder.push(stream);
      decoder.push(stream.subarray(0, 0));
      for (const _ of c.Items) expect(decoder.decode()).toBeDefined();
      const skipper = new gob.Decoder();
      skipper.push(stream);
      for (const _ of c.Items) expect(skipper.decode(null)).toBe(true);
      skipper.end();
      expect(skipper.decode(null)).toBeNull();
    });

    test("prints in words to its end", () => {
      expect(gob.toDebugString(stream)).not.toMatch(/^byte/m);
    });
  });
}

interface Compat {
  readonly Name: string;
  readonly Gob: string;
  readonly Into: TypeText;
  readonly Value: Canon;
  readonly Error: string;
}

describe("decoding into another type does what Go does", () => {
  const lines = read("compat.jsonl").split("\n");
  const cases = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Compat);

  test.each(cases.filter((c) => c.Error === ""))("$Name", ({ Gob, Into, Value }) => {
    expect(canon(Into, gob.decode(unhex(Gob), new Schemas().of(Into)), Value)).toEqual(Value);
  });

  test.each(cases.filter((c) => c.Error !== ""))("$Name: $Error", ({ Gob, Into, Error: text }) => {
    const schema = new Schemas().of(Into);
    const decoder = new gob.Decoder();
    decoder.push(unhex(Gob));
    decoder.end();
    const want = text === "EOF" ? "unexpected EOF" : text; // io.EOF would say that the stream has ended well
    expect(() => decoder.decode(schema)).toThrow(expect.objectContaining({ name: "GobError", message: want }));
  });
});

test("our bytes are those of Go's documentation", () => {
  const Point = gob.struct("Point", { X: gob.int, Y: gob.int });
  const encoder = new gob.Encoder();
  const definition = "1fff8103010105506f696e7401ff82000102010158010400010159010400000007ff82012c014200";
  expect(encoder.encode({ X: 22, Y: 33 }, Point)).toEqual(unhex(definition));
  expect(encoder.encode({ X: 22, Y: 33 }, Point)).toEqual(unhex("07ff82012c014200"));
  expect(gob.encode(3, gob.int)).toEqual(unhex("03040006"));
});
