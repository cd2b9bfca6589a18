import { any } from "./any.js";
import { infer } from "./infer.js";
import { int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr } from "./integers.js";
import { map } from "./map.js";
import { bool, bytes, complex64, complex128, float32, float64, string } from "./scalars.js";
import type { InferInput, Schema } from "./schema.js";
import { slice } from "./slice.js";
import { isStruct, type StructSchema } from "./struct.js";
import { time } from "./well-known.js";

/** A value together with its type, for where an interface value is wanted. Made by {@link typed}. */
export class Typed {
  /** The type. */
  readonly schema: Schema;
  /** The value. */
  readonly value: unknown;

  /** @internal */
  constructor(schema: Schema, value: unknown) {
    this.schema = schema;
    this.value = value;
  }
}

/**
 * Tells the type of a value for {@link any}: `typed(int8, 5)` is Go's `any(int8(5))`. The type must be registered.
 */
export function typed<S extends Schema>(schema: S, value: InferInput<S>): Typed {
  return new Typed(schema, value);
}

/** What an interface value is sent as. */
export interface Concrete {
  readonly name: string;
  readonly schema: Schema;
  readonly value: unknown;
}

const scalars: readonly Schema[] = [
  int.as("auto"),
  int8,
  int16,
  int32,
  int64,
  uint.as("auto"),
  uint16,
  uint32,
  uint64,
  float32,
  float64,
  complex64,
  complex128,
  uintptr,
  bool,
  string,
];

/**
 * Knows the types that interface values may have, by name: each name has one type, and each type one name.
 *
 * Those that Go registers by itself are there from the start (bool, string, the numbers, and slices of them), and so are
 * `time.Time`, `[]interface {}` and `map[string]interface {}`, which a Go program has to register.
 */
export class Registry {
  readonly #byName = new Map<string, Schema>();
  readonly #names = new Map<string, string>();
  /** The registered structs, by the names of their fields. */
  readonly #structs = new Map<string, Schema[]>();
  /** What interface values were decoded from. */
  readonly #types = new WeakMap<object, Schema>();

  constructor() {
    for (const schema of [...scalars, uint8, bytes, ...scalars.map((scalar) => slice(scalar))]) {
      this.register(schema.toString(), schema);
    }
    for (const schema of [time, slice(any), map(string, any)]) this.register(schema.toString(), schema);
  }

  /**
   * Gives a type its name. Go's is the type's own with the import path: `main.Point`, `example.org/shapes.Circle`, and
   * `*shapes.Circle` where a pointer was registered.
   * @throws {TypeError} when the name has another type, or the type another name
   */
  register(name: string, schema: Schema): void {
    if (name === "") throw new TypeError("gob: attempt to register empty name");
    const known = this.#byName.get(name);
    const { key } = schema.base;
    if (known !== undefined && known.base.key !== key) {
      throw new TypeError(
        `gob: registering duplicate types for ${JSON.stringify(name)}: ${known.toString()} != ${schema.toString()}`,
      );
    }
    const other = this.#names.get(key);
    if (other !== undefined && other !== name) {
      throw new TypeError(
        `gob: registering duplicate names for ${schema.toString()}: ${JSON.stringify(other)} != ${JSON.stringify(name)}`,
      );
    }
    if (known !== undefined) return;
    this.#byName.set(name, schema);
    this.#names.set(key, name);
    const { base } = schema;
    if (isStruct(base)) this.#addStruct(base);
  }

  #addStruct(schema: StructSchema): void {
    const names = fieldKey(Object.keys(schema.fields));
    this.#structs.set(names, [...(this.#structs.get(names) ?? []), schema]);
  }

  /** Finds a type by its name. */
  schemaOf(name: string): Schema | undefined {
    return this.#byName.get(name);
  }

  /** Finds the name of a type. */
  nameOf(schema: Schema): string | undefined {
    return this.#names.get(schema.base.key);
  }

  /** Tells the registered name of what an interface value held: for Go's type switch. Scalars have none. */
  typeOf(value: unknown): string | undefined {
    const schema = typeof value === "object" && value !== null ? this.#types.get(value) : undefined;
    return schema && this.nameOf(schema);
  }

  /** Remembers what an interface value held. @internal */
  remember(value: unknown, schema: Schema): void {
    if (typeof value === "object" && value !== null) this.#types.set(value, schema);
  }

  /**
   * Finds what to send a value as.
   * @throws {TypeError} when its type is not registered
   * @internal
   */
  concrete(value: unknown): Concrete {
    if (value instanceof Typed) return this.#named(value.schema, value.value);
    if (typeof value !== "object" || value === null) return this.#named(infer(value), value);
    const known = this.#types.get(value) ?? this.#structOf(value);
    if (known !== undefined) return this.#named(known, value);
    const inferred = this.#inferred(value);
    const schema = inferred !== undefined && this.nameOf(inferred) !== undefined ? inferred : fallback(value);
    return this.#named(schema ?? inferred ?? any, value);
  }

  #named(schema: Schema, value: unknown): Concrete {
    const name = this.nameOf(schema);
    if (name === undefined) throw new TypeError(`gob: type not registered for interface: ${schema.base.toString()}`);
    if (value == null) {
      throw new TypeError(`gob: cannot encode nil pointer of type ${schema.toString()} inside interface`);
    }
    return { name, schema, value };
  }

  /** An object that looks like one registered struct, and no other, is that. */
  #structOf(value: object): Schema | undefined {
    const matching = this.#structs.get(fieldKey(Object.keys(value)));
    return matching?.length === 1 ? matching[0] : undefined;
  }

  #inferred(value: object): Schema | undefined {
    return Array.isArray(value) || value instanceof Map ? inferShallow(value) : infer(value);
  }
}

/** The type of a list or map, if its elements are scalars of one type: what is nested has types of its own. */
function inferShallow(value: readonly unknown[] | ReadonlyMap<unknown, unknown>): Schema | undefined {
  const items = Array.isArray(value) ? value : [...(value as ReadonlyMap<unknown, unknown>).entries()].flat();
  const isFlat = items.length > 0 && items.every((item) => typeof item !== "object" && item !== undefined);
  return isFlat ? infer(value) : undefined;
}

function fallback(value: object): Schema | undefined {
  if (Array.isArray(value)) return slice(any);
  return value instanceof Map ? map(string, any) : undefined;
}

function fieldKey(names: readonly string[]): string {
  return names.toSorted().join();
}

/** The names that streams go by unless they are told otherwise. */
export const defaultRegistry: Registry = new Registry();

/**
 * Registers a type for interface values, in the {@link defaultRegistry}.
 *
 * ```ts
 * import { any, decode, encode, int, register, struct } from "toolkit/gob";
 *
 * const Circle = struct("Circle", { Radius: int });
 * register("main.Circle", Circle);
 * const Drawing = struct("Drawing", { Shape: any });
 * console.log(decode(encode({ Shape: { Radius: 5 } }, Drawing), Drawing).Shape); // { Radius: 5 }
 * ```
 * @throws {TypeError} when the name has another type, or the type another name
 * @see {@link https://pkg.go.dev/encoding/gob#RegisterName | Go gob.RegisterName}
 */
export function register(name: string, schema: Schema): void {
  defaultRegistry.register(name, schema);
}
