import type { Definitions, JSONSchema } from "./json-schema.js";
import { type Checking, Schema, type TypeIds, type ValueReader, type Wires, type Writers } from "./schema.js";
import type { WireType } from "./wire-type.js";

/** Stands for a schema that is yet to be made. @internal */
export class LazySchema<T, I> extends Schema<T, I> {
  #get: (() => Schema<T, I>) | null;
  #target: Schema<T, I> | null = null;
  /** Stands for the name of a type that has none, and would never be spelled to its end. */
  readonly #label: string;

  constructor(get: () => Schema<T, I>, label = "") {
    super();
    this.#get = get;
    this.#label = label;
  }
  get #schema(): Schema<T, I> {
    if (this.#target !== null) return this.#target;
    const target = this.#get?.();
    if (!(target instanceof Schema)) throw new TypeError("Function given to lazy() returns no schema");
    this.#target = target;
    this.#get = null;
    return target;
  }
  override toString(): string {
    return this.#label || this.#schema.toString();
  }
  override get underlying(): string {
    return this.#schema.underlying;
  }
  override spell(within: readonly Schema[]): string {
    return this.#label || this.#schema.spell(within);
  }
  override get base(): Schema {
    return this.#schema.base;
  }
  override get builtinId(): number {
    return this.#schema.builtinId;
  }
  override get typeName(): string {
    return this.#schema.typeName;
  }
  override get isStruct(): boolean {
    return this.#schema.isStruct;
  }
  override get isPointer(): boolean {
    return this.#schema.isPointer;
  }
  override get mayMiss(): boolean {
    return this.#schema.mayMiss;
  }
  override get isByte(): boolean {
    return false; // slice() has been told otherwise
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
  /** Looks the target's up with each call: it may be on the way to be built. */
  override toJSONSchema(d: Definitions): JSONSchema {
    return this.#schema.toJSONSchema(d);
  }
  protected override makeWriters(): Writers {
    return {
      value: (s, v) => this.#schema.writers.value(s, v),
      field: (s, v, delta) => this.#schema.writers.field(s, v, delta),
    };
  }
  override makeReader(wires: Wires, id: number, name: string): ValueReader | null {
    return wires.reader(this.#schema, id, name);
  }
  override wireType(ids: TypeIds, name: string): WireType | null {
    return this.#schema.wireType(ids, name);
  }
}

/**
 * Makes a schema that refers to one which is still to be made, for types that contain themselves. TypeScript wants
 * to be told the type of such a schema.
 *
 * ```ts
 * import { decode, encode, int, lazy, optional, type Schema, struct } from "toolkit/gob";
 *
 * interface Node {
 *   Value: number;
 *   Next: Node | null;
 * }
 * const Node: Schema<Node> = struct("Node", { Value: int, Next: optional(lazy(() => Node)) });
 * console.log(decode(encode({ Value: 1, Next: { Value: 2, Next: null } }, Node), Node).Next?.Value); // 2
 * ```
 */
export function lazy<T, I = T>(get: () => Schema<T, I>): Schema<T, I> {
  return new LazySchema(get);
}
