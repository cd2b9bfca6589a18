import type { GoTime } from "../../gob/go-time.js";
import { Schema } from "../../gob/schema.js";
import type { StandardSchema } from "../../gob/standard.js";
import { EmbeddedSchema } from "../../gob/struct.js";
import { bigInt, time } from "../../gob/well-known.js";
import {
  type WireType,
  wireBool,
  wireBytes,
  wireFloat,
  wireInt,
  wireInterface,
  wireString,
  wireUint,
} from "../../gob/wire-type.js";
import { DecodeError } from "../errors.js";
import { fromBase64 } from "./base64.js";
import { parseTime } from "./time.js";

/** Gives what a JSON value stands for. `path` is for errors: where the value is, and in what struct. */
type Reading = (value: unknown, place: Place) => unknown;

/** Where a value is. */
interface Place {
  readonly struct: string;
  readonly path: string;
}

const nowhere: Place = { struct: "", path: "" };

/**
 * Turns JSON values into what a schema of `toolkit/gob` decodes to, as Go's encoding/json would for that type: bytes from
 * base64, times from RFC 3339, a `Map` from an object, exact integers. Fields are found whatever their case, unknown ones
 * are passed over, and what is missing or null is Go's zero value.
 */
export class TypedReader {
  readonly #readings = new WeakMap<Schema, Reading>();

  /** @throws {DecodeError} in Go's words, as `json: cannot unmarshal string into Go struct field Args.A of type int` */
  read(value: unknown, schema: Schema): unknown {
    return this.#reading(schema)(value, nowhere);
  }

  /** Reads a list: one of fields in their order, if the schema is a struct. @throws {DecodeError} as `read` does */
  readList(list: readonly unknown[], schema: Schema): unknown {
    const fields = fieldsOf(schema);
    if (fields === null) return list.length === 0 && !isList(schema) ? schema.zero() : this.read(list, schema);
    if (list.length > fields.length) {
      throw new DecodeError(
        `json: cannot unmarshal ${list.length} values into ${fields.length} fields of ${schema.toString()}`,
      );
    }
    return this.read(Object.fromEntries(list.map((value, i) => [fields[i] as string, value])), schema);
  }

  #reading(schema: Schema): Reading {
    const known = this.#readings.get(schema);
    if (known !== undefined) return known;
    // A type may contain itself: it is found here while it is being compiled.
    this.#readings.set(schema, (value, place) => this.#reading(schema)(value, place));
    const made = this.#compile(schema);
    this.#readings.set(schema, made);
    return made;
  }

  #compile(schema: Schema): Reading {
    const full = this.#compileBase(schema, schema.base);
    if (schema.base.builtinId === wireInterface) return full;
    return (value, place) => (value === null || value === undefined ? schema.zero() : full(value, place));
  }

  #compileBase(schema: Schema, type: Schema): Reading {
    switch (type.builtinId) {
      case wireBool:
      case wireInt:
      case wireUint:
      case wireString:
        return (value, place) => checked(type, value, place);
      case wireFloat:
        return (value, place) => checked(type, typeof value === "bigint" ? Number(value) : value, place);
      case wireBytes:
        return (value, place) => bytesOf(value) ?? mismatch(type, value, place);
      case wireInterface:
        return (value) => value;
      case 0:
        return this.#compileBuilt(schema, type);
      default:
        return (value, place) => mismatch(type, value, place);
    }
  }

  /** Compiles a type that is built of others, or encodes itself. */
  #compileBuilt(schema: Schema, type: Schema): Reading {
    if (type === time) return (value, place) => timeOf(value) ?? mismatch(type, value, place);
    if (type === bigInt) return (value, place) => bigIntOf(value) ?? mismatch(type, value, place);
    const parts: Schema[] = [];
    const wire = type.wireType({ idOf: (part) => parts.push(part) - 1 }, "");
    switch (wire?.kind) {
      case "struct":
        return this.#struct(type, wire, parts);
      case "map":
        return this.#map(type, parts);
      case "slice":
      case "array":
        return this.#list(type, parts, wire);
      case "opaque":
      case undefined:
        return (value, place) => checked(schema, value, place);
    }
  }

  #struct(type: Schema, wire: WireType & { kind: "struct" }, parts: readonly Schema[]): Reading {
    const fields = wire.fields.map(({ name }, i) => ({ name, reading: this.#reading(parts[i] as Schema) }));
    const exact = new Map(fields.map((field) => [field.name, field]));
    const embedded = fields.filter((_, i) => parts[i] instanceof EmbeddedSchema);
    // The first field of a name counts.
    const folded = new Map(fields.toReversed().map((field) => [fold(field.name), field]));
    const find = (key: string) => exact.get(key) ?? folded.get(fold(key));
    return (value, place) => {
      if (!isRecord(value)) return mismatch(type, value, place);
      const output = type.zero() as Record<string, unknown>;
      // The fields of an embedded struct stand among those of the outer one.
      for (const { name, reading } of embedded) output[name] = reading(value, place);
      for (const key of Object.keys(value)) {
        const field = find(key);
        if (field === undefined) continue;
        output[field.name] = field.reading(value[key], within(place, type, field.name));
      }
      return output;
    };
  }

  #map(type: Schema, [keys, elem]: readonly Schema[]): Reading {
    const readKey = keyReading(keys as Schema);
    const readElem = this.#reading(elem as Schema);
    return (value, place) => {
      if (!isRecord(value)) return mismatch(type, value, place);
      return new Map(Object.keys(value).map((key) => [readKey(key, place), readElem(value[key], place)]));
    };
  }

  #list(type: Schema, [elem]: readonly Schema[], wire: WireType & { kind: "slice" | "array" }): Reading {
    const readElem = this.#reading(elem as Schema);
    return (value, place) => {
      if (!Array.isArray(value)) return mismatch(type, value, place);
      if (wire.kind === "slice") return value.map((item) => readElem(item, place));
      // As in Go: what is too much is dropped, what is missing is zero.
      return Array.from({ length: wire.length }, (_, i) => readElem(value[i] as unknown, place));
    };
  }
}

function isList({ base }: Schema): boolean {
  if (base.builtinId !== 0) return base.builtinId === wireBytes || base.builtinId === wireInterface;
  const kind = base.wireType({ idOf: () => 0 }, "")?.kind;
  return kind === "slice" || kind === "array";
}

function fieldsOf(schema: Schema): string[] | null {
  const wire = schema.base.isStruct ? schema.base.wireType({ idOf: () => 0 }, "") : null;
  return wire?.kind === "struct" ? wire.fields.map(({ name }) => name) : null;
}

/** Tells whether a schema is one that {@link TypedReader} reads by. */
export function isGobSchema(schema: StandardSchema<unknown, unknown> | undefined): schema is Schema {
  return schema instanceof Schema;
}

/** Takes the differences of case out of a name. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checked(schema: Schema, value: unknown, place: Place): unknown {
  const result = schema["~standard"].validate(value);
  return result.issues === undefined ? result.value : mismatch(schema, value, place);
}

/** Keys of JSON are strings: those of Go's maps are read out of them. */
function keyReading(keys: Schema): (key: string, place: Place) => unknown {
  const id = keys.base.builtinId;
  if (id !== wireInt && id !== wireUint) return (key, place) => checked(keys, key, place);
  return (key, place) => {
    const isNumber = /^-?\d+$/.test(key);
    return isNumber ? checked(keys, BigInt(key), place) : mismatch(keys, key, place);
  };
}

function bytesOf(value: unknown): Uint8Array | null {
  if (typeof value === "string") return fromBase64(value);
  if (!Array.isArray(value)) return null;
  const areBytes = value.every((item) => Number.isInteger(item) && item >= 0 && item < 256);
  return areBytes ? Uint8Array.from(value as number[]) : null;
}

function timeOf(value: unknown): GoTime | null {
  return typeof value === "string" ? parseTime(value) : null;
}

function bigIntOf(value: unknown): bigint | null {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === "string" && /^-?\d{1,4096}$/.test(value) ? BigInt(value) : null;
}

function within(place: Place, type: Schema, field: string): Place {
  return place.struct === ""
    ? { struct: type.typeName, path: field }
    : { struct: place.struct, path: `${place.path}.${field}` };
}

function mismatch(type: Schema, value: unknown, { struct, path }: Place): never {
  const target = path === "" ? "Go value" : `Go struct field ${struct}.${path}`;
  throw new DecodeError(`json: cannot unmarshal ${describe(value)} into ${target} of type ${type.toString()}`);
}

/** Go shows a number only where it is of the right kind. */
function describe(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return `number ${value.toString()}`;
  if (typeof value === "boolean") return "bool";
  if (typeof value === "object") return Array.isArray(value) ? "array" : value === null ? "null" : "object";
  return typeof value;
}
