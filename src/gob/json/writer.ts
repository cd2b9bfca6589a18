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
import { jsonFields } from "./fields.js";
import { isKey } from "./reader.js";
import type { JSONForm, JSONType, Writing } from "./types.js";

/** Gives what JSON has for a value. */
export type Write = (value: unknown, c: Writing) => unknown;

/** Makes what writes the values of a type. */
export function writeOf(schema: JSONType): Write {
  const full = writeFull(schema.base);
  return schema.isPointer ? (value, c) => (value == null ? null : full(value, c)) : full;
}

function writeFull(type: JSONType): Write {
  switch (type.builtinId) {
    case wireInt:
    case wireUint:
      return (value, c) => exact(c.checked(type, value) as number | bigint);
    case wireFloat:
      return writeFloat(type);
    case wireComplex:
      return writeComplex(type);
    case wireInterface:
      return (value) => value ?? null;
    case wireBytes:
    case wireBool:
    case wireString:
      return (value, c) => c.checked(type, value);
    default:
      return writeBuilt(type);
  }
}

/** A bigint only where a number cannot hold it. */
function exact(value: number | bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function writeFloat(type: JSONType): Write {
  const isSingle = type.underlying === "float32";
  return (value, c) => {
    const number = finite(c.checked(type, value) as number, c);
    return isSingle ? shortest(number) : number;
  };
}

function writeComplex(type: JSONType): Write {
  const write = type.underlying === "complex64" ? shortest : (part: number) => part;
  return (value, c) => {
    const { real, imag } = c.checked(type, value) as { real: number; imag: number };
    return { real: write(finite(real, c)), imag: write(finite(imag, c)) };
  };
}

function finite(number: number, c: Writing): number {
  if (Number.isFinite(number)) return number;
  return c.refuse(`unsupported value: ${Number.isNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf"}`);
}

/** Up to there, all integers are float32s. */
const maxExact = 2 ** 24;
/** So many digits tell a float32 from all others. */
const singleDigits = 9;

/** Gives the number of the fewest digits that is this float32. */
function shortest(single: number): number {
  if (Number.isInteger(single) && Math.abs(single) <= maxExact) return single;
  for (let precision = 1; precision < singleDigits; precision++) {
    const number = Number(single.toPrecision(precision));
    if (Math.fround(number) === single) return number;
  }
  return Number(single.toPrecision(singleDigits));
}

/** Writes a type that is built of others, or encodes itself. */
function writeBuilt(type: JSONType): Write {
  const { ownJSON } = type;
  if (ownJSON !== undefined) return (value, c) => own(() => ownJSON.toJSON(c.checked(type, value)), c);
  if (type.isStruct) return writeStruct(type);
  const wire = type.wireType({ idOf: () => 0 }, "");
  if (wire?.kind === "map") return writeMap(type);
  if (wire?.kind === "slice") return writeList(type, -1);
  return wire?.kind === "array" ? writeList(type, wire.length) : (value, c) => c.checked(type, value);
}

function own(make: () => unknown, c: Writing): unknown {
  try {
    return make();
  } catch (err) {
    return c.refuse(err instanceof Error ? err.message : String(err));
  }
}

/** Writes the fields of the type, and nothing else that an object has. */
function writeStruct(type: JSONType): Write {
  const fields = jsonFields(type).map(({ name, path, type: part }) => ({ name, path, form: part.json }));
  return (value, c) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return c.checked(type, value);
    const output: Record<string, unknown> = {};
    for (const { name, path, form } of fields) {
      let struct = value as Record<string, unknown> | undefined;
      for (const step of path) struct = struct?.[step] as Record<string, unknown> | undefined;
      output[name] = c.within(form, struct?.[name], name);
    }
    return output;
  };
}

function writeMap(type: JSONType): Write {
  const [keys, elem] = type.parts as readonly [JSONType, JSONType];
  const keyForm = keyWriter(keys);
  const { json } = elem;
  const isText = keys.base.builtinId === wireString;
  return (value, c) => {
    if (!isKey(keys.base)) c.refuse(`unsupported type: ${type.toString()}`);
    const output = new Map<unknown, unknown>();
    for (const [key, item] of entriesOf(value, isText) ?? refuseMap(type, value, c)) {
      const at = String(key);
      output.set(c.within(keyForm, key, at), c.within(json, item, at));
    }
    return output;
  };
}

function entriesOf(value: unknown, isText: boolean): Iterable<readonly [unknown, unknown]> | null {
  if (value instanceof Map) return value;
  if (value === null) return [];
  const isRecord = isText && typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value);
  return isRecord ? Object.entries(value) : null;
}

/** Says what is not a map. */
function refuseMap(type: JSONType, value: unknown, c: Writing): never {
  c.checked(type, value);
  return c.refuse(`unsupported type: ${type.toString()}`);
}

function keyWriter({ base }: JSONType): JSONForm {
  const { builtinId, ownJSON } = base;
  const write = (key: unknown, c: Writing): unknown => {
    if (builtinId === wireString) return c.checked(base, key);
    return String(ownJSON === undefined ? c.checked(base, key) : own(() => ownJSON.toJSON(c.checked(base, key)), c));
  };
  return { write, read: () => null };
}

function writeList(type: JSONType, length: number): Write {
  const [elem] = type.parts as readonly [JSONType];
  const { json } = elem;
  return (value, c) => {
    if (value === null && length < 0) return [];
    const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
    const isGood = isList && (length < 0 || (value as ArrayLike<unknown>).length === length);
    if (!isGood) return c.checked(type, value);
    return Array.from(value as ArrayLike<unknown>, (item, i) => c.within(json, item, i));
  };
}
