import { any } from "./any.js";
import { type BytesCodec, CustomSchema } from "./custom.js";
import { mismatch, overLimit } from "./errors.js";
import { int64, uint64 } from "./integers.js";
import { LazySchema } from "./lazy.js";
import { map } from "./map.js";
import { named } from "./named.js";
import { optional } from "./optional.js";
import { bool, bytes, complex128, float64, string } from "./scalars.js";
import type { Schema } from "./schema.js";
import { ArraySchema, SliceSchema } from "./slice.js";
import { StructSchema } from "./struct.js";
import type { WireType } from "./wire-type.js";

/** What the ids stand for that need no definition. */
const builtins: readonly (Schema | undefined)[] = [
  undefined,
  bool,
  int64,
  uint64,
  float64,
  bytes,
  string,
  complex128,
  any,
];

const opaque: BytesCodec<Uint8Array> = {
  encode: (data) => data,
  decode: (data) => data,
};

/** Makes schemas of the types that a stream defines, for who decodes without one. */
export class DerivedSchemas {
  readonly #wire: (id: number) => WireType | undefined;
  readonly #maxDepth: number;
  readonly #schemas = new Map<number, Schema>();
  readonly #underWay = new Set<number>();

  constructor(wire: (id: number) => WireType | undefined, maxDepth: number) {
    this.#wire = wire;
    this.#maxDepth = maxDepth;
  }

  /** Tells whether a schema is what was derived from a type. */
  has(schema: Schema, id: number): boolean {
    return this.#schemas.get(id) === schema;
  }

  /** Gives the schema of a type. Its integers are numbers where they can be, and what encodes itself stays bytes. */
  of(id: number): Schema {
    const known = builtins[id] ?? this.#schemas.get(id);
    if (known !== undefined) return known;
    if (this.#underWay.has(id)) return new LazySchema(() => this.of(id), `type${id}`);
    const wire = this.#wire(id);
    if (wire === undefined) throw mismatch("unknown type id or corrupted data");
    if (this.#underWay.size >= this.#maxDepth) throw overLimit(`type is nested deeper than ${this.#maxDepth}`);
    this.#underWay.add(id);
    try {
      const schema = this.#make(wire);
      this.#schemas.set(id, schema);
      return schema;
    } finally {
      this.#underWay.delete(id);
    }
  }

  #make(wire: WireType): Schema {
    switch (wire.kind) {
      case "slice":
        return withName(wire, new SliceSchema(this.of(wire.elem)));
      case "array":
        return withName(wire, new ArraySchema(wire.length, this.of(wire.elem)));
      case "map":
        return withName(wire, map(this.of(wire.key), this.of(wire.elem)));
      case "struct":
        return new StructSchema(
          wire.name,
          Object.fromEntries(wire.fields.map(({ name, id }) => [name, this.#field(id)])),
        );
      case "opaque":
        return new CustomSchema(wire.name, wire.method, opaque);
    }
  }

  /** A field that should have been sent even if zero, and was not, was a nil pointer. */
  #field(id: number): Schema {
    const schema = this.of(id);
    const kind = this.#wire(id)?.kind;
    return kind === "slice" || kind === "map" || kind === undefined ? schema : optional(schema);
  }
}

/** Only types that were declared have a name; others are spelled in its place. */
function withName(wire: WireType, schema: Schema): Schema {
  return /^\w+$/.test(wire.name) ? named(wire.name, schema) : schema;
}
