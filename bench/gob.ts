// gob against Go's encoding/gob, msgpackr with plain maps, and JSON through buffers: CPU time of one operation, on streams
// whose types have been sent already. Each round measures all in turn; the least of the rounds counts, as others are on
// the machine too. `npm run bench gob [ROUNDS]`
import { spawnSync } from "node:child_process";
import { Packr } from "msgpackr";
import * as gob from "../src/gob/index.js";
import { goServer } from "./harness.js";

const rounds = Number(process.argv[3] ?? 7);

const Args = gob.struct("Args", { A: gob.int, B: gob.int });
const Mixed = gob.struct("Mixed", {
  ID: gob.int64,
  Parent: gob.int64,
  Name: gob.string,
  Title: gob.string,
  Active: gob.bool,
  Hidden: gob.bool,
  Ratio: gob.float64,
  Score: gob.float64,
  Count: gob.int,
  Limit: gob.int,
  Small: gob.int8,
  Port: gob.uint16,
  Flags: gob.uint32,
  Total: gob.uint64,
  Data: gob.bytes,
  Tags: gob.slice(gob.string),
  Sizes: gob.slice(gob.int),
  Labels: gob.map(gob.string, gob.string),
  Origin: Args,
  Note: gob.string,
});
const mixed = {
  ID: 1_234_567,
  Parent: 42,
  Name: "Ada Lovelace",
  Title: "Analyst",
  Active: true,
  Hidden: false,
  Ratio: 0.75,
  Score: 1234.5678,
  Count: 1000,
  Limit: 250_000,
  Small: -7,
  Port: 8080,
  Flags: 0xdead,
  Total: 2 ** 40,
  Data: new Uint8Array(16).fill(7),
  Tags: ["math", "engines"],
  Sizes: [1, 200, 70_000],
  Labels: new Map([
    ["lang", "en"],
    ["zone", "eu"],
  ]),
  Origin: { A: 7, B: 8000 },
  Note: "wrote the first program",
};
/** What the others get: they know neither maps nor bytes, or take longer over them. */
const plainMixed = { ...mixed, Labels: Object.fromEntries(mixed.Labels) };
const jsonMixed = { ...plainMixed, Data: Buffer.from(mixed.Data).toString("base64") };
const list = Array.from({ length: 1000 }, (_, i) => ({ A: i, B: i * 7 }));

/** One operation, and how often it is done in a round. */
interface Operation {
  readonly times: number;
  run(): unknown;
}
type Pair = Readonly<Record<"encode" | "decode", Operation>>;

/** Small messages leave and arrive several at a time, as an RPC's do under load. */
const batch = 32;

function ours<S extends gob.Schema>(schema: S, value: gob.InferInput<S>, times: number, size = batch): Pair {
  const encoder = new gob.Encoder();
  const decoder = new gob.Decoder();
  decoder.push(encoder.encode(value, schema));
  decoder.decode(schema);
  for (let i = 0; i < size; i++) encoder.append(value, schema);
  const messages = encoder.take();
  let written = 0;
  let read = 0;
  return {
    encode: {
      times,
      run: () => {
        encoder.append(value, schema);
        if (++written % size === 0) encoder.take();
      },
    },
    decode: {
      times,
      run: () => {
        if (read++ % size === 0) decoder.push(messages);
        return decoder.decode(schema);
      },
    },
  };
}

/** Each value in bytes of its own. */
function oneByOne<S extends gob.Schema>(schema: S, value: gob.InferInput<S>, times: number): Pair {
  const encoder = new gob.Encoder();
  encoder.encode(value, schema);
  return { ...ours(schema, value, times, 1), encode: { times, run: () => encoder.encode(value, schema) } };
}

function msgpack(value: unknown, times: number): Pair {
  const packr = new Packr({ useRecords: false });
  const message = packr.pack(value);
  return {
    encode: { times, run: () => packr.pack(value) },
    decode: { times, run: () => packr.unpack(message) as unknown },
  };
}

function json(value: unknown, times: number): Pair {
  const message = Buffer.from(JSON.stringify(value));
  return {
    encode: { times, run: () => Buffer.from(JSON.stringify(value)) },
    decode: { times, run: () => JSON.parse(message.toString()) as unknown },
  };
}

const subjects: Readonly<Record<string, Readonly<Record<string, Pair>>>> = {
  "{A, B}": {
    toolkit: ours(Args, { A: 7, B: 8000 }, 200_000),
    "toolkit, one by one": oneByOne(Args, { A: 7, B: 8000 }, 200_000),
    msgpackr: msgpack({ A: 7, B: 8000 }, 200_000),
    JSON: json({ A: 7, B: 8000 }, 200_000),
  },
  "20 fields": {
    toolkit: ours(Mixed, mixed, 30_000),
    msgpackr: msgpack(plainMixed, 30_000),
    JSON: json(jsonMixed, 30_000),
  },
  "1000 structs": {
    toolkit: ours(gob.slice(Args), list, 400, 1),
    msgpackr: msgpack(list, 400),
    JSON: json(list, 400),
  },
};

let sink: unknown;

function cpuNanos({ times, run }: Operation): number {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) sink = run();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / times;
}

interface Times {
  encode: number;
  decode: number;
}

function measureGo(program: readonly string[] | null): Map<string, Times> {
  const [file = "", ...args] = program ?? [];
  const lines = program === null ? [] : spawnSync(file, args, { encoding: "utf8" }).stdout.trim().split("\n");
  return new Map(lines.map((line) => JSON.parse(line) as Times & { name: string }).map((times) => [times.name, times]));
}

const best = new Map<Operation, number>();
for (let round = 0; round < rounds; round++) {
  for (const peers of Object.values(subjects)) {
    for (const { encode, decode } of Object.values(peers)) {
      for (const operation of [encode, decode]) {
        best.set(operation, Math.min(cpuNanos(operation), best.get(operation) ?? Infinity));
      }
    }
  }
}

const go = measureGo(goServer("gobbench"));
for (const [name, peers] of Object.entries(subjects)) {
  const goTimes = go.get(name);
  const rows: [string, Times][] = Object.entries(peers).map(([peer, { encode, decode }]) => [
    peer,
    { encode: best.get(encode) ?? Number.NaN, decode: best.get(decode) ?? Number.NaN },
  ]);
  if (goTimes !== undefined) rows.push(["Go encoding/gob", goTimes]);
  const [, base] = rows[0] as [string, Times];
  console.log(`\n${name}: ns for each operation, and ours as a share of it`);
  console.table(
    Object.fromEntries(
      rows.map(([peer, { encode, decode }]) => [
        peer,
        {
          encode: Math.round(encode),
          decode: Math.round(decode),
          "ours / encode": Number((base.encode / encode).toFixed(2)),
          "ours / decode": Number((base.decode / decode).toFixed(2)),
        },
      ]),
    ),
  );
}
if (sink === undefined) process.exitCode = 1;
