import {
  wireBool,
  wireBytes,
  wireComplex,
  wireFloat,
  wireInt,
  wireInterface,
  wireString,
  wireUint,
} from "../wire-type.js";
import { fromBase64 } from "./base64.js";
import { jsonFields } from "./fields.js";
import type { JSONForm, JSONType, Reading } from "./types.js";

/** Gives what a JSON value stands for. */
export type Read = (value: unknown, c: Reading) => unknown;

/** More digits than that are never made a bigint of, which takes time that grows with their square. */
const digits = /^[+-]?\d{1,4096}$/;
const unsignedDigits = /^\d{1,4096}$/;
const decimal = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const bools: ReadonlyMap<unknown, boolean> = new Map([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
]);

/** Makes what reads the values of a type: null, where the type has none, is its zero value. */
export function readOf(schema: JSONType): Read {
  const full = readFull(schema.base);
  if (schema.base.builtinId === wireInterface) return full;
  return (value, c) => (value === null || value === undefined ? schema.zero() : full(value, c));
}

function readFull(type: JSONType): Read {
  switch (type.builtinId) {
    case wireBool:
      return (value, c) => c.checked(type, c.isText ? (bools.get(value) ?? value) : value);
    case wireInt:
    case wireUint:
      return (value, c) => c.checked(type, c.isText ? integerOf(value) : value);
    case wireFloat:
      return readFloat(type);
    case wireBytes:
      return (value, c) => bytesOf(value) ?? c.mismatch(type, value);
    case wireInterface:
      return (value) => value ?? null;
    case wireString:
      return (value, c) => c.checked(type, value);
    case wireComplex:
      return (value, c) => c.checked(type, complexOf(value));
    default:
      return readBuilt(type);
  }
}

function integerOf(value: unknown): unknown {
  return typeof value === "string" && digits.test(value) ? BigInt(value.replace("+", "")) : value;
}

function readFloat(type: JSONType): Read {
  const isSingle = type.underlying === "float32";
  return (value, c) => {
    const isText = c.isText && typeof value === "string" && decimal.test(value);
    const double = isText || typeof value === "bigint" ? Number(value) : value;
    const number = isSingle && typeof double === "number" ? Math.fround(double) : double;
    // What is too large has become infinite.
    return Number.isFinite(number) ? c.checked(type, number) : c.mismatch(type, value);
  };
}

/** A part that no integer of a number holds may have come as a bigint. */
function complexOf(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { real, imag } = value;
  return { real: typeof real === "bigint" ? Number(real) : real, imag: typeof imag === "bigint" ? Number(imag) : imag };
}

function bytesOf(value: unknown): Uint8Array | null {
  if (typeof value === "string") return fromBase64(value);
  if (value instanceof Uint8Array) return value;
  if (!Array.isArray(value)) return null;
  const areBytes = value.every((item) => Number.isInteger(item) && item >= 0 && item < 256);
  return areBytes ? Uint8Array.from(value as number[]) : null;
}

/** Reads a type that is built of others, or encodes itself. */
function readBuilt(type: JSONType): Read {
  const { ownJSON } = type;
  if (ownJSON !== undefined) {
    return (value, c) => {
      const { fromText } = ownJSON;
      const isText = c.isText && typeof value === "string" && fromText !== undefined;
      return readOwn(type, () => (isText ? fromText(value) : ownJSON.fromJSON(value)), value, c);
    };
  }
  if (type.isStruct) return readStruct(type);
  const wire = type.wireType({ idOf: () => 0 }, "");
  if (wire?.kind === "map") return readMap(type);
  if (wire?.kind === "slice") return readList(type, -1);
  return wire?.kind === "array" ? readList(type, wire.length) : (value, c) => c.checked(type, value);
}

/** Fields are found whatever their case, unknown ones are passed over. */
function readStruct(type: JSONType): Read {
  const fields = jsonFields(type).map(({ name, path, type: part }) => {
    return { name, path, label: [...path, name].join("."), form: part.json };
  });
  const exact = new Map(fields.map((field) => [field.name, field]));
  // The first field of a name counts.
  const folded = new Map(fields.toReversed().map((field) => [fold(field.name), field]));
  const typeName = type.typeName.replace(/^.*\./, ""); // without its package
  return (value, c) => {
    if (!isRecord(value)) return c.mismatch(type, value);
    const output = type.zero() as Record<string, unknown>;
    for (const key of Object.keys(value)) {
      const field = exact.get(key) ?? folded.get(fold(key));
      if (field === undefined) continue;
      let struct = output;
      for (const step of field.path) struct = struct[step] as Record<string, unknown>;
      struct[field.name] = c.within(field.form, value[key], key, typeName, field.label);
    }
    return output;
  };
}

/** Takes the differences of case out of a name. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readMap(type: JSONType): Read {
  const [keys, elem] = type.parts as readonly [JSONType, JSONType];
  const keyForm = keyReader(keys);
  const { json } = elem;
  return (value, c) => {
    if (!isRecord(value) || !isKey(keys.base)) return c.mismatch(type, value);
    const entries: Iterable<readonly [unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
    const output = new Map<unknown, unknown>();
    for (const [key, item] of entries) {
      const at = String(key);
      const elemValue = c.within(json, item, at);
      output.set(c.within(keyForm, at, at), elemValue);
    }
    return output;
  };
}

/** Tells whether a type has keys of objects: strings, integers, and what encodes itself as text. */
export function isKey({ builtinId, ownJSON }: JSONType): boolean {
  return builtinId === wireString || builtinId === wireInt || builtinId === wireUint || ownJSON !== undefined;
}

/** Keys of JSON are strings: those of Go's maps are read out of them. */
function keyReader({ base }: JSONType): JSONForm {
  return { read: (key, c) => readKey(base, key as string, c), write: () => null };
}

function readKey(type: JSONType, key: string, c: Reading): unknown {
  const { builtinId, ownJSON } = type;
  if (builtinId === wireString) return c.checked(type, key);
  if (ownJSON !== undefined) return readOwn(type, () => ownJSON.fromText?.(key) ?? ownJSON.fromJSON(key), key, c);
  const isGood = builtinId === wireInt ? digits.test(key) : unsignedDigits.test(key);
  return isGood ? c.checked(type, integerOf(key)) : c.unlike(type, `number ${key}`);
}

function readOwn(type: JSONType, read: () => unknown, value: unknown, c: Reading): unknown {
  try {
    return read();
  } catch {
    return c.mismatch(type, value);
  }
}

/** As in Go: of an array, what is too much is dropped, what is missing is zero. */
function readList(type: JSONType, length: number): Read {
  const [elem] = type.parts as readonly [JSONType];
  const { json } = elem;
  return (value, c) => {
    const list = c.isText && !Array.isArray(value) ? [value] : value;
    if (!Array.isArray(list)) return c.mismatch(type, value);
    if (length < 0) return list.map((item, i) => c.within(json, item, i));
    return Array.from({ length }, (_, i) => (i < list.length ? c.within(json, list[i], i) : elem.zero()));
  };
}
