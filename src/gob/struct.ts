import { mismatch } from "./errors.js";
import { jsonFields } from "./json/fields.js";
import type { Definitions, JSONSchema } from "./json-schema.js";
import {
  type Checking,
  checkAt,
  type Infer,
  type InferInput,
  issue,
  Schema,
  type TypeIds,
  unlike,
  type ValueReader,
  type Wires,
  type Writers,
} from "./schema.js";
import { putUint } from "./sink.js";
import { type Step, structReader, type Target } from "./struct-reader.js";
import { structWriter } from "./struct-writer.js";
import type { WireType } from "./wire-type.js";

/** The fields of a struct: Go's names, and their types. */
export type Fields = Readonly<Record<string, Schema>>;

/** The same properties, written out. */
export type Simplify<T> = { [K in keyof T]: T[K] };
/** The fields that may be absent. */
export type MayMiss<F extends Fields> = { [K in keyof F]: undefined extends InferInput<F[K]> ? K : never }[keyof F];

/** The TypeScript type of a struct. */
export type InferFields<F extends Fields> = { -readonly [K in keyof F]: Infer<F[K]> };

/** What may be encoded as a struct: pointers and interfaces may be missing. */
export type InferFieldsInput<F extends Fields> = Simplify<
  { readonly [K in Exclude<keyof F, MayMiss<F>>]: InferInput<F[K]> } & {
    readonly [K in MayMiss<F>]?: InferInput<F[K]>;
  }
>;

/** Go's struct: an object. */
export class StructSchema<F extends Fields = Fields> extends Schema<InferFields<F>, InferFieldsInput<F>> {
  readonly #name: string;
  readonly #names: readonly (string & keyof F)[];
  /** The fields, in the order of the wire. */
  readonly fields: F;
  #blank: InferFields<F> | null = null;
  #fresh: readonly (string & keyof F)[] = [];
  #isZeroing = false;

  /** @internal */
  constructor(name: string, fields: F) {
    super();
    this.#name = name;
    this.fields = fields;
    this.#names = Object.keys(fields);
  }

  override toString(): string {
    return this.#name === "" ? this.underlying : this.#name;
  }
  override get underlying(): string {
    const fields = this.#names.map((name) => fieldText(name, this.#field(name)));
    return fields.length === 0 ? "struct {}" : `struct { ${fields.join("; ")} }`;
  }
  /** @internal */
  override spell(within: readonly Schema[]): string {
    const at = within.indexOf(this);
    if (at >= 0) return `^${at}`;
    const inner = [...within, this];
    return `${this.#name}{${this.#names.map((name) => `${JSON.stringify(name)} ${this.#field(name).spell(inner)}`).join(";")}}`;
  }
  /** @internal */
  override get typeName(): string {
    return this.#name;
  }
  /** @internal */
  override get isStruct(): boolean {
    return true;
  }
  /** @internal */
  override get fieldNames(): readonly string[] {
    return this.#names;
  }
  /** @internal */
  override get parts(): readonly Schema[] {
    return this.#names.map((name) => this.#field(name));
  }

  #field(name: string): Schema {
    const schema = this.fields[name];
    if (!(schema instanceof Schema)) throw new TypeError(`Field ${name} of ${this.#name} has no schema`);
    return schema;
  }

  /** What is the same in all zero values; what is not is listed in `#fresh`. */
  get #template(): InferFields<F> {
    if (this.#blank !== null) return this.#blank;
    const shared = this.#names.map((name) => [name, this.#field(name).isZeroShared] as const);
    this.#fresh = shared.filter(([, isShared]) => !isShared).map(([name]) => name);
    const values = shared.map(([name, isShared]) => [name, isShared ? this.#field(name).zero() : undefined]);
    return (this.#blank = Object.fromEntries(values) as InferFields<F>);
  }

  /** @internal */
  override zero(): InferFields<F> {
    if (this.#isZeroing) throw new TypeError(`Type ${this.toString()} contains itself: use optional()`);
    this.#isZeroing = true;
    try {
      const value = { ...this.#template };
      for (const name of this.#fresh) value[name] = this.#field(name).zero() as InferFields<F>[typeof name];
      return value;
    } finally {
      this.#isZeroing = false;
    }
  }
  /** @internal */
  override get isZeroShared(): boolean {
    return false;
  }
  /** @internal */
  override get zeroBytes(): number {
    if (this.#isZeroing) throw new TypeError(`Type ${this.toString()} contains itself: use optional()`);
    this.#isZeroing = true;
    try {
      return 32 + this.#names.reduce((sum, name) => sum + 8 + this.#field(name).zeroBytes, 0);
    } finally {
      this.#isZeroing = false;
    }
  }

  /** @internal */
  override check(v: unknown, c: Checking): InferFields<F> | undefined {
    if (typeof v !== "object" || v === null || Array.isArray(v)) return issue(c, unlike(this, v));
    const output = { ...this.#template };
    for (const name of this.#names) {
      output[name] = checkAt(this.#field(name), (v as F)[name], c, name) as InferFields<F>[typeof name];
    }
    return output;
  }

  /** @internal */
  override toJSONSchema(d: Definitions): JSONSchema {
    return d.describe(this, this.#name, () => {
      const fields = jsonFields<Schema>(this);
      const properties = Object.fromEntries(fields.map(({ name, type }) => [name, type.toJSONSchema(d)]));
      // What is missing is zero.
      return { type: "object", properties, ...(d.isInput ? {} : { required: fields.map(({ name }) => name) }) };
    });
  }
  /** @internal */
  protected override makeWriters(): Writers {
    const write = structWriter(this, this.#names, this.parts);
    return {
      value: write,
      field: (s, v, delta) => {
        putUint(s, delta); // sent although zero: so does Go
        write(s, v);
        return true;
      },
    };
  }

  /** @internal */
  override makeReader(wires: Wires, id: number): ValueReader | null {
    const wire = wires.wire(id);
    if (wire?.kind !== "struct") {
      throw mismatch(`type mismatch in decoder: want struct type ${this.toString()}; got non-struct`);
    }
    const targets = wire.fields.map(({ name, id: fieldId }): Target => {
      const path = this.#find(name);
      const schema = path.at(-1)?.schema;
      if (schema === undefined) return { skip: wires.skipper(fieldId) };
      const read = wires.reader(schema, fieldId, name);
      if (read !== null) return { path, read };
      throw mismatch(`wrong type (${schema.toString()}) for received field ${wire.name}.${name}`);
    });
    const fields = this.#names.map((field) => ({ name: field, schema: this.#field(field) }));
    return structReader(targets, { fields, blank: this.#template, bytes: this.zeroBytes });
  }

  /** @internal */
  override hasField(name: string): boolean {
    return this.#find(name).length > 0;
  }

  /** Finds a field by its name, also among the fields of those that are embedded, as Go's selectors do. */
  #find(name: string): readonly Step[] {
    const queue: { path: readonly Step[]; struct: StructSchema }[] = [
      { path: [], struct: this as Schema as StructSchema },
    ];
    const seen = new Set<Schema>();
    for (const { path, struct } of queue) {
      if (seen.has(struct)) continue;
      seen.add(struct);
      if (Object.hasOwn(struct.fields, name)) return [...path, { name, schema: struct.#field(name) }];
      for (const own of struct.#names) {
        const schema = struct.#field(own);
        if (schema instanceof EmbeddedSchema) {
          queue.push({ path: [...path, { name: own, schema }], struct: schema.struct as StructSchema });
        }
      }
    }
    return [];
  }

  /** @internal */
  override wireType(ids: TypeIds, name: string): WireType {
    const fields = this.#names.map((field) => {
      const schema = this.#field(field);
      return { name: field, id: ids.idOf(schema, schema.base.typeName || schema.base.toString()) };
    });
    return { kind: "struct", name, fields };
  }
}

/** Tells whether a schema is one of a struct. @internal */
export function isStruct(schema: Schema): schema is StructSchema {
  return schema instanceof StructSchema;
}

function fieldText(name: string, schema: Schema): string {
  return schema instanceof EmbeddedSchema ? schema.toString() : `${name} ${schema.toString()}`;
}

/** A struct that is embedded in another. */
export class EmbeddedSchema<F extends Fields = Fields> extends Schema<InferFields<F>, InferFieldsInput<F>> {
  /** What is embedded. */
  readonly struct: StructSchema<F>;

  /** @internal */
  constructor(struct: StructSchema<F>) {
    super();
    this.struct = struct;
  }
  override toString(): string {
    return this.struct.toString();
  }
  override get underlying(): string {
    return this.struct.underlying;
  }
  /** @internal */
  override spell(within: readonly Schema[]): string {
    return this.struct.spell(within);
  }
  /** @internal */
  override get base(): Schema {
    return this.struct;
  }
  /** @internal */
  override get isEmbedded(): boolean {
    return true;
  }
  /** @internal */
  override get typeName(): string {
    return this.struct.typeName;
  }
  /** @internal */
  override get isStruct(): boolean {
    return true;
  }
  /** @internal */
  override get zeroBytes(): number {
    return this.struct.zeroBytes;
  }
  /** @internal */
  override zero(): InferFields<F> {
    return this.struct.zero();
  }
  /** @internal */
  override get isZeroShared(): boolean {
    return false;
  }
  /** @internal */
  override check(v: unknown, c: Checking): InferFields<F> | undefined {
    return this.struct.check(v, c);
  }
  /** @internal */
  override toJSONSchema(d: Definitions): JSONSchema {
    return this.struct.toJSONSchema(d);
  }
  /** @internal */
  protected override makeWriters(): Writers {
    return this.struct.writers;
  }
  /** @internal */
  override makeReader(wires: Wires, id: number, name: string): ValueReader | null {
    return wires.reader(this.struct, id, name);
  }
}

/**
 * Makes the schema of a struct. Go sends fields whose names begin with an upper-case letter, so all must.
 *
 * The order of the fields is that of the wire; decoding goes by their names. A field that was not sent decodes as Go's
 * zero value.
 * @throws {TypeError} for a name that Go does not export
 */
export function struct<F extends Fields>(fields: F): StructSchema<F>;
export function struct<F extends Fields>(name: string, fields: F): StructSchema<F>;
export function struct<F extends Fields>(name: string | F, fields?: F): StructSchema<F> {
  const [typeName, all] = typeof name === "string" ? [name, fields as F] : ["", name];
  for (const field of Object.keys(all)) {
    if (!/^\p{Lu}/u.test(field))
      throw new TypeError(`Field ${JSON.stringify(field)} of ${typeName || "struct"} is not exported`);
  }
  return new StructSchema(typeName, all);
}

/**
 * Marks a field as embedded: `struct("Outer", { Base: embedded(Base), X: int })` is `struct { Base; X int }`. On the wire
 * it is a field like others; but what a peer sends as a field of the outer struct finds its way into the inner one.
 */
export function embedded<F extends Fields>(inner: StructSchema<F>): EmbeddedSchema<F> {
  return new EmbeddedSchema(inner);
}
