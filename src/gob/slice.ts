import { corrupt } from "./errors.js";
import type { Uint8Schema } from "./integers.js";
import { type Definitions, type JSONSchema, orNull } from "./json-schema.js";
import { bytes } from "./scalars.js";
import {
  type Checking,
  checkAt,
  descend,
  type Infer,
  type InferInput,
  issue,
  Schema,
  type TypeIds,
  unfit,
  unlike,
  type ValueReader,
  type Wires,
  type Writers,
} from "./schema.js";
import { putUint, type Sink } from "./sink.js";
import { getUint, type Source } from "./source.js";
import type { WireType } from "./wire-type.js";

/** Go's []T: an array. `null` encodes as empty. */
export class SliceSchema<E extends Schema = Schema> extends Schema<Infer<E>[], readonly InferInput<E>[] | null> {
  /** The type of the elements. */
  readonly elem: E;

  /** @internal */
  constructor(elem: E) {
    super();
    this.elem = elem;
  }
  override toString(): string {
    return `[]${this.elem.toString()}`;
  }
  /** @internal */
  override spell(within: readonly Schema[]): string {
    return `[]${this.elem.spell(within)}`;
  }
  /** @internal */
  override get parts(): readonly Schema[] {
    return [this.elem];
  }
  /** @internal */
  override zero(): Infer<E>[] {
    return [];
  }
  /** @internal */
  override get isZeroShared(): boolean {
    return false;
  }
  /** @internal */
  override get zeroBytes(): number {
    return 16;
  }
  /** @internal */
  override check(v: unknown, c: Checking): Infer<E>[] | undefined {
    if (v === null) return [];
    return isList(v) ? checkElements(this.elem, v, c) : issue(c, unlike(this, v));
  }
  /** @internal */
  override toJSONSchema(d: Definitions): JSONSchema {
    const schema = { type: "array", items: this.elem.toJSONSchema(d) };
    return d.isInput ? orNull(schema) : schema;
  }
  /** @internal */
  protected override makeWriters(): Writers {
    const write = elementWriter(this, this.elem, "encodeArray: nil element");
    return {
      value: (s, v) => write(s, v === null ? [] : v),
      field: (s, v, delta) => {
        if (v === null || (isList(v) && v.length === 0)) return false;
        putUint(s, delta);
        write(s, v);
        return true;
      },
    };
  }
  /** @internal */
  override makeReader(wires: Wires, id: number, name: string): ValueReader | null {
    const wire = wires.wire(id);
    if (wire?.kind !== "slice") return null;
    const read = wires.reader(this.elem, wire.elem, `element of ${name}`);
    const spread = wires.spreads(wire.elem);
    return read && ((s) => readElements(s, read, getUint(s), spread));
  }
  /** @internal */
  override wireType(ids: TypeIds, name: string): WireType {
    return { kind: "slice", name, elem: ids.idOf(this.elem, this.elem.base.typeName) };
  }
}

/** Go's [n]T: an array of n elements. */
export class ArraySchema<E extends Schema = Schema> extends Schema<Infer<E>[], ArrayLike<InferInput<E>>> {
  /** How many elements there are. */
  readonly length: number;
  /** The type of the elements. */
  readonly elem: E;

  /** @internal */
  constructor(length: number, elem: E) {
    super();
    if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`Length of an array is ${length}`);
    this.length = length;
    this.elem = elem;
  }
  override toString(): string {
    return `[${this.length}]${this.elem.toString()}`;
  }
  /** @internal */
  override spell(within: readonly Schema[]): string {
    return `[${this.length}]${this.elem.spell(within)}`;
  }
  /** @internal */
  override get parts(): readonly Schema[] {
    return [this.elem];
  }
  /** @internal */
  override zero(): Infer<E>[] {
    return Array.from({ length: this.length }, () => this.elem.zero() as Infer<E>);
  }
  /** @internal */
  override get isZeroShared(): boolean {
    return false;
  }
  /** @internal */
  override get zeroBytes(): number {
    return 16 + this.length * (8 + this.elem.zeroBytes);
  }
  /** @internal */
  override check(v: unknown, c: Checking): Infer<E>[] | undefined {
    if (!isList(v)) return issue(c, unlike(this, v));
    if (v.length !== this.length) return issue(c, `want ${this.toString()}, got ${v.length} elements`);
    return checkElements(this.elem, v, c);
  }
  /** @internal */
  override toJSONSchema(d: Definitions): JSONSchema {
    const { length } = this;
    return { type: "array", items: this.elem.toJSONSchema(d), minItems: length, maxItems: length };
  }
  /** @internal */
  protected override makeWriters(): Writers {
    const { length } = this;
    const writeElements = elementWriter(this, this.elem, "encodeArray: nil element");
    const write = (s: Sink, v: unknown): void => {
      if (!isList(v) || v.length !== length) throw unfit(this, v);
      writeElements(s, v);
    };
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
  override makeReader(wires: Wires, id: number, name: string): ValueReader | null {
    const wire = wires.wire(id);
    if (wire?.kind !== "array" || wire.length !== this.length) return null;
    const read = wires.reader(this.elem, wire.elem, `element of ${name}`);
    const spread = wires.spreads(wire.elem);
    return (
      read &&
      ((s) => {
        const n = getUint(s);
        if (n !== this.length) throw corrupt("length mismatch in decodeArray");
        return readElements(s, read, n, spread);
      })
    );
  }
  /** @internal */
  override wireType(ids: TypeIds, name: string): WireType {
    return { kind: "array", name, elem: ids.idOf(this.elem, ""), length: this.length };
  }
}

/** Tells whether a schema is one of a slice. @internal */
export function isSlice(schema: Schema): schema is SliceSchema {
  return schema instanceof SliceSchema;
}

function isList(v: unknown): v is ArrayLike<unknown> {
  return Array.isArray(v) || (ArrayBuffer.isView(v) && !(v instanceof DataView));
}

function checkElements<E extends Schema>(elem: E, v: ArrayLike<unknown>, c: Checking): Infer<E>[] {
  const output: Infer<E>[] = [];
  for (let i = 0; i < v.length; i++) output.push(checkAt(elem, v[i], c, i) as Infer<E>);
  return output;
}

function elementWriter(schema: Schema, elem: Schema, nil: string): (s: Sink, v: unknown) => void {
  const { value } = elem.writers;
  const hasNil = elem.isPointer;
  return (s, v) => {
    if (!isList(v)) throw unfit(schema, v);
    const { length } = v;
    descend(s);
    putUint(s, length);
    for (let i = 0; i < length; i++) {
      const item = v[i];
      if (hasNil && item == null) throw new TypeError(`gob: ${nil}`);
      s.room();
      value(s, item);
    }
    s.depth--;
  };
}

/** Reads elements into an array, which grows as they come. */
function readElements(s: Source, read: ValueReader, n: number, spread: boolean): unknown[] {
  s.count(n, spread);
  s.enter(16 + 8 * n);
  const list: unknown[] = [];
  for (let i = 0; i < n; i++) list.push(read(s));
  s.depth--;
  return list;
}

/**
 * Makes the schema of a slice. That of `uint8` is {@link bytes}, as in Go.
 *
 * A missing or nil slice decodes as an empty array.
 */
export function slice(elem: Uint8Schema): typeof bytes;
export function slice<E extends Schema>(elem: E): SliceSchema<E>;
export function slice(elem: Schema): Schema {
  return elem.isByte ? bytes : new SliceSchema(elem);
}

/** Makes the schema of an array of `n` elements. One of `uint8` is an array of numbers, and not bytes. */
export function array<E extends Schema>(n: number, elem: E): ArraySchema<E> {
  return new ArraySchema(n, elem);
}
