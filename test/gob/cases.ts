// What the Go program interop/go/gobpeer prints: streams, the types of their values, and what Go decodes.
import * as gob from "../../src/gob/index.js";

/** A type, as gobpeer describes it. */
export type TypeText =
  | string
  | { readonly ref: string }
  | { readonly name: string; readonly type: TypeText }
  | { readonly ptr: TypeText }
  | { readonly slice: TypeText }
  | { readonly array: TypeText; readonly length: number }
  | { readonly map: TypeText; readonly key: TypeText }
  | { readonly struct: readonly { readonly name: string; readonly type: TypeText; readonly embedded: boolean }[] };

/** A value, as gobpeer prints it: nothing is lost in it. */
export type Canon = null | boolean | string | number | readonly Canon[] | { readonly [name: string]: Canon };

interface Item {
  readonly Type: TypeText;
  readonly Value: Canon;
}

export interface Case {
  readonly Name: string;
  readonly Gob: string;
  readonly Items: readonly Item[];
}

export function parseCases(text: string): Case[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Case);
}

export const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const utf8 = {
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (b: Uint8Array) => new TextDecoder().decode(b),
};

/** Go's Celsius: a GobEncoder by value, so that a zero is left out. */
const celsius = gob.gobEncoder<string>("main.Celsius", { ...utf8, isZero: (v) => v === "", zero: () => "" });
/** Go's Token: a GobEncoder by pointer, so that a zero is sent. */
const token = gob.gobEncoder<string>("main.Token", { ...utf8, zero: () => "" });
/** Go's Key: a BinaryMarshaler, in hex. */
const key = gob.binaryMarshaler<string>("main.Key", {
  encode: (text) => Uint8Array.of(107, ...unhex(text)),
  decode: (b) => hex(b.subarray(1)),
  isZero: (text) => text === "0000",
  zero: () => "0000",
});

const basics: Readonly<Record<string, gob.Schema>> = {
  bool: gob.bool,
  int: gob.int.as("auto"),
  int8: gob.int8,
  int16: gob.int16,
  int32: gob.int32,
  int64: gob.int64.as("bigint"),
  uint: gob.uint.as("auto"),
  uint8: gob.uint8,
  uint16: gob.uint16,
  uint32: gob.uint32,
  uint64: gob.uint64,
  uintptr: gob.uintptr,
  float32: gob.float32,
  float64: gob.float64,
  complex64: gob.complex64,
  complex128: gob.complex128,
  string: gob.string,
  bytes: gob.bytes,
  any: gob.any,
  time: gob.time,
  duration: gob.duration,
  bigint: gob.bigInt,
  celsius,
  token,
  key,
};

/** Makes schemas of types; those with a name once. */
export class Schemas {
  readonly #named = new Map<string, gob.Schema>();

  of(text: TypeText): gob.Schema {
    if (typeof text === "string") return basics[text] as gob.Schema;
    if ("ref" in text) return gob.lazy(() => this.#named.get(text.ref) as gob.Schema);
    if ("name" in text) return this.#name(text.name, text.type);
    if ("ptr" in text) return gob.optional(this.of(text.ptr));
    if ("slice" in text) return gob.slice(this.of(text.slice));
    if ("array" in text) return gob.array(text.length, this.of(text.array));
    if ("map" in text) return gob.map(this.of(text.key), this.of(text.map));
    return this.#struct("", text.struct);
  }

  #name(name: string, type: TypeText): gob.Schema {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const schema =
      typeof type === "object" && "struct" in type
        ? this.#struct(`main.${name}`, type.struct)
        : gob.named(`main.${name}`, this.of(type));
    this.#named.set(name, schema);
    return schema;
  }

  #struct(name: string, fields: readonly { name: string; type: TypeText; embedded: boolean }[]): gob.Schema {
    const entries = fields.map((field) => {
      const schema = this.of(field.type);
      return [field.name, field.embedded && schema instanceof gob.StructSchema ? gob.embedded(schema) : schema];
    });
    return gob.struct(name, Object.fromEntries(entries) as gob.Fields);
  }
}

/** A registry with all types that interface values of a case have. */
export function registryOf(cases: readonly Case[], schemas: Schemas): gob.Registry {
  const registry = new gob.Registry();
  const look = (value: Canon): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) return value.forEach(look);
    const { name, type, value: inner } = value as { name?: string; type?: TypeText; value?: Canon };
    if (
      typeof name === "string" &&
      type !== undefined &&
      inner !== undefined &&
      registry.schemaOf(name) === undefined
    ) {
      registry.register(name, schemas.of(type));
    }
    Object.values(value).forEach(look);
  };
  for (const { Items } of cases) for (const { Value } of Items) look(Value);
  return registry;
}

const float = new DataView(new ArrayBuffer(8));

function bits(v: unknown): Canon {
  if (Number.isNaN(v)) return "nan";
  float.setFloat64(0, v as number);
  return float.getBigUint64(0).toString(16).padStart(16, "0");
}

/** Prints what we decoded as gobpeer prints what Go did, after its type and, for interface values, its value. */
export function canon(text: TypeText, v: unknown, go: Canon, named: Map<string, TypeText> = new Map()): Canon {
  if (typeof text === "string") return canonBasic(text, v, go, named);
  if ("ref" in text) return canon(named.get(text.ref) as TypeText, v, go, named);
  if ("name" in text) return canon(text.type, v, go, new Map(named).set(text.name, text.type));
  if ("ptr" in text) return v === null ? null : canon(text.ptr, v, go, named);
  const goList = Array.isArray(go) ? (go as readonly Canon[]) : [];
  if ("slice" in text) return (v as unknown[]).map((item, i) => canon(text.slice, item, goList[i] ?? null, named));
  if ("array" in text) return (v as unknown[]).map((item, i) => canon(text.array, item, goList[i] ?? null, named));
  if ("map" in text) return canonMap(text, v as Map<unknown, unknown>, goList as readonly [Canon, Canon][], named);
  const entries = text.struct.map(({ name, type }) => {
    const inner = (go as Readonly<Record<string, Canon>> | null)?.[name] ?? null;
    return [name, canon(type, (v as Record<string, unknown>)[name], inner, named)];
  });
  return Object.fromEntries(entries) as Canon;
}

function canonMap(
  text: { readonly map: TypeText; readonly key: TypeText },
  v: Map<unknown, unknown>,
  go: readonly (readonly [Canon, Canon])[],
  named: Map<string, TypeText>,
): Canon {
  const pairs = [...v].map(([k, item]): readonly [Canon, Canon] => {
    const keyText = canon(text.key, k, null, named);
    const match = go.find(([goKey]) => JSON.stringify(goKey) === JSON.stringify(keyText));
    return [keyText, canon(text.map, item, match?.[1] ?? null, named)];
  });
  const order = go.map(([goKey]) => JSON.stringify(goKey));
  const place = ([k]: readonly [Canon, Canon]) => order.indexOf(JSON.stringify(k));
  return pairs.toSorted((a, b) => place(a) - place(b));
}

function canonBasic(text: string, v: unknown, go: Canon, named: Map<string, TypeText>): Canon {
  switch (text) {
    case "bool":
    case "string":
    case "celsius":
    case "token":
    case "key":
      return v as Canon;
    case "bytes":
      return hex(v as Uint8Array);
    case "float32":
    case "float64":
      return bits(v);
    case "complex64":
    case "complex128":
      return [bits((v as gob.Complex).real), bits((v as gob.Complex).imag)];
    case "time": {
      const { unixSeconds, nanoseconds, offsetSeconds } = v as gob.GoTime;
      return { s: String(unixSeconds), n: nanoseconds, o: offsetSeconds };
    }
    case "any": {
      if (v === null) return null;
      const { name, type, value } = go as unknown as { name: string; type: TypeText; value: Canon };
      return { name, type: type as Canon, value: canon(type, v, value, named) };
    }
    default:
      return String(v);
  }
}

/** Puts the types back that interface values had: numbers alone do not tell them. */
export function retyped(
  text: TypeText,
  v: unknown,
  go: Canon,
  schemas: Schemas,
  named: Map<string, TypeText> = new Map(),
): unknown {
  const again = (type: TypeText, item: unknown, inner: Canon | undefined, names = named) =>
    retyped(type, item, inner ?? null, schemas, names);
  if (v === null) return v;
  if (text === "any") {
    const { type, value } = go as unknown as { type: TypeText; value: Canon };
    return gob.typed(schemas.of(type), again(type, v, value));
  }
  if (typeof text === "string") return v;
  if ("ref" in text) return again(named.get(text.ref) as TypeText, v, go);
  if ("name" in text) return again(text.type, v, go, new Map(named).set(text.name, text.type));
  if ("ptr" in text) return again(text.ptr, v, go);
  const goList = Array.isArray(go) ? (go as readonly Canon[]) : [];
  if ("slice" in text) return (v as unknown[]).map((item, i) => again(text.slice, item, goList[i]));
  if ("array" in text) return (v as unknown[]).map((item, i) => again(text.array, item, goList[i]));
  if ("map" in text) {
    return new Map(
      [...(v as Map<unknown, unknown>)].map(([k, item]) => {
        const keyText = JSON.stringify(canon(text.key, k, null, named));
        const match = goList.find((pair) => JSON.stringify((pair as readonly Canon[])[0]) === keyText);
        return [k, again(text.map, item, (match as readonly Canon[] | undefined)?.[1])];
      }),
    );
  }
  const entries = text.struct.map(({ name, type }) => {
    const inner = (go as Readonly<Record<string, Canon>>)[name];
    return [name, again(type, (v as Record<string, unknown>)[name], inner)];
  });
  return Object.fromEntries(entries);
}
