// Checked by `tsc -p .`: nothing here runs.
import { expectTypeOf } from "vitest";
import {
  any,
  array,
  type bigInt,
  binaryMarshaler,
  type bool,
  type bytes,
  type Complex,
  type complex128,
  Decoder,
  decode,
  type duration,
  Encoder,
  embedded,
  encode,
  float32,
  type GoTime,
  type Infer,
  type InferInput,
  int,
  int64,
  lazy,
  map,
  named,
  optional,
  type Schema,
  type StandardSchema,
  slice,
  string,
  struct,
  type time,
  uint8,
  uint64,
} from "../../src/gob/index.js";
import type { Reader, Writer } from "../../src/net/conn.js";

// Each schema gives the type of what it decodes.
expectTypeOf<Infer<typeof bool>>().toEqualTypeOf<boolean>();
expectTypeOf<Infer<typeof int>>().toEqualTypeOf<number>();
expectTypeOf<Infer<typeof int64>>().toEqualTypeOf<number | bigint>();
expectTypeOf<Infer<typeof uint64>>().toEqualTypeOf<number | bigint>();
const big = int64.as("bigint");
expectTypeOf<Infer<typeof big>>().toEqualTypeOf<bigint>();
const small = uint64.as("number");
expectTypeOf<Infer<typeof small>>().toEqualTypeOf<number>();
expectTypeOf<Infer<typeof float32>>().toEqualTypeOf<number>();
expectTypeOf<Infer<typeof complex128>>().toEqualTypeOf<Complex>();
expectTypeOf<Infer<typeof string>>().toEqualTypeOf<string>();
expectTypeOf<Infer<typeof bytes>>().toEqualTypeOf<Uint8Array<ArrayBuffer>>();
expectTypeOf<Infer<typeof any>>().toEqualTypeOf<unknown>();
expectTypeOf<Infer<typeof time>>().toEqualTypeOf<GoTime>();
expectTypeOf<InferInput<typeof time>>().toEqualTypeOf<GoTime | Date>();
expectTypeOf<Infer<typeof duration>>().toEqualTypeOf<number | bigint>();
expectTypeOf<Infer<typeof bigInt>>().toEqualTypeOf<bigint>();

const bytesToo = slice(uint8);
expectTypeOf<Infer<typeof bytesToo>>().toEqualTypeOf<Uint8Array<ArrayBuffer>>();
const matrix = array(2, slice(float32));
expectTypeOf<Infer<typeof matrix>>().toEqualTypeOf<number[][]>();
const ages = map(string, int);
expectTypeOf<Infer<typeof ages>>().toEqualTypeOf<Map<string, number>>();
const byId = map(int, ages);
expectTypeOf<Infer<typeof byId>>().toEqualTypeOf<Map<number, Map<string, number>>>();
const maybe = optional(int);
expectTypeOf<Infer<typeof maybe>>().toEqualTypeOf<number | null>();
const celsius = named("Celsius", float32);
expectTypeOf<Infer<typeof celsius>>().toEqualTypeOf<number>();
const uuid = binaryMarshaler<string>("uuid.UUID", { encode: () => new Uint8Array(16), decode: () => "" });
expectTypeOf<Infer<typeof uuid>>().toEqualTypeOf<string>();

// Structs have Go's names.
const Base = struct("Base", { Id: uint64 });
const Person = struct("Person", {
  Base: embedded(Base),
  Name: string,
  Age: int,
  Boss: optional(string),
  Extra: any,
  Tags: slice(string),
});
expectTypeOf<Infer<typeof Person>>().toEqualTypeOf<{
  Base: { Id: number | bigint };
  Name: string;
  Age: number;
  Boss: string | null;
  Extra: unknown;
  Tags: string[];
}>();

// What is encoded may be looser: pointers may be missing, and slices null.
encode({ Base: { Id: 1 }, Name: "Ada", Age: 36n, Tags: null }, Person);
encode({ Base: { Id: 1n }, Name: "Ada", Age: 36, Tags: ["a"] as const, Boss: undefined, Extra: [1] }, Person);
// @ts-expect-error a field of another type
encode({ Base: { Id: 1 }, Name: 5, Age: 36, Tags: [] }, Person);
// @ts-expect-error a field that is missing
encode({ Base: { Id: 1 }, Name: "Ada", Tags: [] }, Person);
// @ts-expect-error a number for a string
encode(5, string);
encode(new Map([["a", 1]]), ages);
encode({ a: 1 }, ages);
// @ts-expect-error the keys of an object are no ints
encode({ 1: new Map() }, byId);

// Recursive types are told.
interface Tree {
  Value: number;
  Left: Tree | null;
  Kids: Tree[];
}
const Tree: Schema<Tree> = struct("Tree", {
  Value: int,
  Left: optional(lazy(() => Tree)),
  Kids: slice(lazy(() => Tree)),
});
expectTypeOf<Infer<typeof Tree>>().toEqualTypeOf<Tree>();
encode({ Value: 1, Left: null, Kids: [] }, Tree);
// @ts-expect-error a string for a number
encode({ Value: "1", Left: null, Kids: [] }, Tree);

// Streams give promises where they have someone to wait for.
declare const w: Writer;
declare const r: Reader;
expectTypeOf(new Encoder().encode({ Id: 1 }, Base)).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
expectTypeOf(new Encoder(w).encode({ Id: 1 }, Base)).toEqualTypeOf<Promise<void>>();
expectTypeOf(new Encoder().encode({ anything: 1 })).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
expectTypeOf(new Decoder().decode(Base)).toEqualTypeOf<{ Id: number | bigint } | null | undefined>();
expectTypeOf(new Decoder(r).decode(Base)).toEqualTypeOf<Promise<{ Id: number | bigint } | null>>();
expectTypeOf(new Decoder(r).decode(null)).toEqualTypeOf<Promise<true | null>>();
expectTypeOf(new Decoder(r).decode()).toEqualTypeOf<Promise<unknown>>();
expectTypeOf(decode(new Uint8Array(), Base)).toEqualTypeOf<{ Id: number | bigint }>();
expectTypeOf(decode(new Uint8Array())).toEqualTypeOf<unknown>();

// Every schema is a Standard Schema, as its specification has it.
interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) =>
      | { readonly value: Output; readonly issues?: undefined }
      | {
          readonly issues: ReadonlyArray<{
            readonly message: string;
            readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
          }>;
        }
      | Promise<never>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}
expectTypeOf<typeof Person>().toExtend<StandardSchemaV1>();
expectTypeOf<typeof Base>().toExtend<StandardSchemaV1<unknown, { Id: number | bigint }>>();
expectTypeOf<typeof Base>().toExtend<StandardSchema<{ readonly Id: number | bigint }, { Id: number | bigint }>>();
expectTypeOf<typeof Person>().toExtend<Schema>();
