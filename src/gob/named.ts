import type { JSONMethods } from "./json/types.js";
import type { Definitions, JSONSchema } from "./json-schema.js";
import { type Checking, Schema, type TypeIds, type ValueReader, type Wires, type Writers } from "./schema.js";
import type { WireType } from "./wire-type.js";

/** A type with a name of its own, as `type Celsius float64`. */
class NamedSchema<T, I> extends Schema<T, I> {
  readonly #name: string;
  readonly #schema: Schema<T, I>;

  constructor(name: string, schema: Schema<T, I>) {
    super();
    this.#name = name;
    this.#schema = schema;
  }
  override toString(): string {
    return this.#name;
  }
  override get underlying(): string {
    return this.#schema.underlying;
  }
  override spell(within: readonly Schema[]): string {
    const at = within.indexOf(this);
    return at >= 0 ? `^${at}` : `${this.#name} ${this.#schema.spell([...within, this])}`;
  }
  override get builtinId(): number {
    return this.#schema.builtinId;
  }
  override get typeName(): string {
    return this.#name;
  }
  override get isStruct(): boolean {
    return this.#schema.isStruct;
  }
  override get mayMiss(): boolean {
    return this.#schema.mayMiss;
  }
  override get isByte(): boolean {
    return this.#schema.isByte;
  }
  override get ownJSON(): JSONMethods<unknown, unknown> | undefined {
    return this.#schema.ownJSON;
  }
  override get fieldNames(): readonly string[] {
    return this.#schema.fieldNames;
  }
  override get parts(): readonly Schema[] {
    return this.#schema.parts;
  }
  override get zeroBytes(): number {
    return this.#schema.zeroBytes;
  }
  override get isZeroShared(): boolean {
    return this.#schema.isZeroShared;
  }
  override zero(): T {
    return this.#schema.zero();
  }
  override check(v: unknown, c: Checking): T | undefined {
    return this.#schema.check(v, c);
  }
  override toJSONSchema(d: Definitions): JSONSchema {
    return d.describe(this, this.#name, () => this.#schema.toJSONSchema(d));
  }
  protected override makeWriters(): Writers {
    return this.#schema.writers;
  }
  override makeReader(wires: Wires, id: number, name: string): ValueReader | null {
    return wires.reader(this.#schema, id, name);
  }
  override wireType(ids: TypeIds, name: string): WireType | null {
    return this.#schema.wireType(ids, name);
  }
}

/**
 * Gives a type a name: `named("Celsius", float64)` is `type Celsius float64`. On the wire only types that are built of
 * others have one, and nothing depends on it; but an interface value is registered under its type.
 */
export function named<T, I>(name: string, schema: Schema<T, I>): Schema<T, I> {
  if (name === "") throw new TypeError("Name of a type is empty");
  if (schema.isPointer)
    throw new TypeError(`Pointer type ${schema.toString()} cannot have a name: gob sees through it`);
  return new NamedSchema(name, schema);
}
