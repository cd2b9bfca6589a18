import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes, encode, int, int64, struct } from "toolkit/gob";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonLines, start, toolkit } from "./running.js";

const Point = struct("Point", { X: int, Big: int64.as("bigint"), Data: bytes });
const stream = encode({ X: 22, Big: 2n ** 62n, Data: Uint8Array.of(1, 2) }, Point);
const words = `message of 42 bytes
  type 65: Point struct { X int; Big int; Data bytes }
message of 19 bytes
  value of type Point (65)
    X: 22
    Big: 4611686018427387904
    Data: 2 bytes: 01 02
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("prints a file in words, and stdin", async () => {
  const file = join(folder, "point.gob");
  await writeFile(file, stream);
  expect(await toolkit(["gob", file])).toEqual({ code: 0, out: words, err: "" });
  expect(await toolkit(["gob", "-"], { input: stream })).toEqual({ code: 0, out: words, err: "" });
});

test("with --json prints each value, with all digits", async () => {
  const { code, out } = await toolkit(["gob", "-", "--json"], { input: Buffer.concat([stream, encode(7, int)]) });
  expect(code).toBe(0);
  expect(out).toBe('{"value":{"X":22,"Big":4611686018427387904,"Data":{"$bytes":"AQI="}}}\n{"value":7}\n');
});

test("an empty stream prints nothing", async () => {
  expect(await toolkit(["gob", "-"], { input: "" })).toEqual({ code: 0, out: "", err: "" });
  expect(await toolkit(["gob", "-", "--json"], { input: "" })).toEqual({ code: 0, out: "", err: "" });
});

test("a stream that breaks off is printed as far as it goes: 5", async () => {
  const input = stream.subarray(0, stream.length - 3);
  const { code, out, err } = await toolkit(["gob", "-"], { input });
  expect({ code, err }).toEqual({
    code: 5,
    err: expect.stringMatching(/^toolkit: byte \d+: unexpected EOF\n$/) as string,
  });
  expect(words.startsWith(out)).toBe(true);
  expect(out).toContain("type 65: Point");
  const json = await toolkit(["gob", "-", "--json"], { input });
  expect(json.code).toBe(5);
  expect(jsonLines(json.out)).toEqual([{ error: { message: "unexpected EOF", code: "ERR_UNEXPECTED_EOF" }, exit: 5 }]);
});

test("what is no gob at all: 5", async () => {
  expect((await toolkit(["gob", "-"], { input: "hello, this is text" })).code).toBe(5);
});

test("reads no more than it is told to, and says so", async () => {
  const input = Buffer.concat(Array.from({ length: 100 }, () => encode(1, int)));
  const { code, out, err } = await toolkit(["gob", "-", "--max-bytes", "10"], { input });
  expect(code).toBe(0);
  expect(out.match(/value of type int/g)).toHaveLength(2);
  expect(err).toContain("only the first 10 bytes");
});

test("of a long stream the print ends, and the reader is not waited for", async () => {
  const one = encode(1, int);
  const input = Buffer.concat(Array.from({ length: 5000 }, () => one));
  const { code, out } = await toolkit(["gob", "-"], { input });
  expect(code).toBe(0);
  expect(out.trimEnd().split("\n")).toHaveLength(10_001);
  expect(out.trimEnd().split("\n").at(-1)).toBe("and so on");
});

test("a file that is not there, or is a folder: 3", async () => {
  expect(await toolkit(["gob", join(folder, "none")])).toMatchObject({ code: 3, out: "" });
  expect(await toolkit(["gob", folder])).toMatchObject({ code: 3, out: "" });
});

test("when nobody reads any more it ends, and says nothing", async () => {
  const one = encode(1, int);
  const running = start(["gob", "-", "--json"]);
  running.stdin.write(one);
  await running.prints(/value/);
  running.breakPipe();
  running.stdin.write(one);
  expect(await running.exit).toBe(0);
  expect(running.err).toBe("");
});
