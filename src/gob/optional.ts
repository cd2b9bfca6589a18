import { CustomSchema } from "./custom.js";
import { type Definitions, type JSONSchema, orNull } from "./json-schema.js";
import {
  type Checking,
  type Infer,
  type InferInput,
  Schema,
  type ValueReader,
  type Wires,
  type Writers,
} from "./schema.js";
import { putUint, type Sink } from "./sink.js";

/** Go's *T: the value, or `null`. Pointers are not on the wire: a value is sent or left out. */
export class OptionalSchema<E extends Schema = Schema> extends Schema<
  Infer<E> | null,
  InferInput<E> | null | undefined
> {
  /** What is pointed to. */
  readonly elem: E;

  /** @internal */
  constructor(elem: E) {
    super();
    this.elem = elem;
  }
  override toString(): string {
    return `*${this.elem.toString()}`;
  }
  /** @internal */
  override spell(within: readonly Schema[]): string {
    return this.elem.spell(within);
  }
  /** @internal */
  override get base(): Schema {
    return this.elem.base;
  }
  /** @internal */
  override get builtinId(): number {
    return this.elem.builtinId;
  }
  /** @internal */
  override get isStruct(): boolean {
    return this.elem.isStruct;
  }
  /** @internal */
  override get isPointer(): boolean {
    return true;
  }
  /** @internal */
  override zero(): null {
    return null;
  }
  /** @internal */
  override check(v: unknown, c: Checking): Infer<E> | null | undefined {
    return v == null ? null : (this.elem.check(v, c) as Infer<E> | undefined);
  }
  /** @internal */
  override toJSONSchema(d: Definitions): JSONSchema {
    return orNull(this.elem.toJSONSchema(d));
  }
  /** @internal */
  protected override makeWriters(): Writers {
    const { value, field } = this.elem.writers;
    const isCustom = this.elem.base instanceof CustomSchema; // whose methods take the pointer, which is not zero
    const sent = (s: Sink, v: unknown, delta: number): boolean => {
      putUint(s, delta);
      value(s, v);
      return true;
    };
    return {
      value: (s, v) => {
        if (v == null) throw new TypeError(`gob: cannot encode nil pointer of type ${this.toString()}`);
        value(s, v);
      },
      field: (s, v, delta) => v != null && (isCustom ? sent(s, v, delta) : field(s, v, delta)),
    };
  }
  /** @internal */
  override makeReader(wires: Wires, id: number, name: string): ValueReader | null {
    return wires.reader(this.elem, id, name);
  }
}

/**
 * Makes the schema of a pointer: a field may be `null`, or missing.
 *
 * As in Go, a pointer to 0, to "" or to another zero scalar is left out of a struct, and arrives as `null`; and `null`
 * cannot be an element of a slice, array or map.
 */
export function optional<E extends Schema>(elem: E): OptionalSchema<E> {
  return new OptionalSchema(elem);
}
