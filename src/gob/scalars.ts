import { outOfRange } from "./errors.js";
import { type Definitions, type JSONSchema, orNull } from "./json-schema.js";
import { type Checking, issue, Schema, unfit, unlike, type ValueReader, type Wires, type Writers } from "./schema.js";
import { putBytes, putFloat, putString, putUint, type Sink } from "./sink.js";
import { getBytes, getFloat, getString, getUint, type Source } from "./source.js";
import { wireBool, wireBytes, wireComplex, wireFloat, wireString } from "./wire-type.js";

const maxFloat32 = 3.4028234663852886e38;
/** From there on, what is rounded to a float32 is infinite. */
const pastFloat32 = 3.4028235677973366e38;
const base64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";

class BoolSchema extends Schema<boolean, boolean> {
  override toString(): string {
    return "bool";
  }
  override get builtinId(): number {
    return wireBool;
  }
  override zero(): boolean {
    return false;
  }
  override check(v: unknown, c: Checking): boolean | undefined {
    return typeof v === "boolean" ? v : issue(c, unlike(this, v));
  }
  override toJSONSchema(): JSONSchema {
    return { type: "boolean" };
  }
  protected override makeWriters(): Writers {
    const bit = (v: unknown): number => {
      if (typeof v !== "boolean") throw unfit("bool", v);
      return v ? 1 : 0;
    };
    return {
      value: (s, v) => putUint(s, bit(v)),
      field: (s, v, delta) => {
        if (bit(v) === 0) return false;
        putUint(s, delta);
        putUint(s, 1);
        return true;
      },
    };
  }
  override makeReader(_wires: Wires, id: number): ValueReader | null {
    return id === wireBool ? (s) => getUint(s) !== 0 : null;
  }
}

class FloatSchema extends Schema<number, number> {
  readonly #isSingle: boolean;

  constructor(isSingle: boolean) {
    super();
    this.#isSingle = isSingle;
  }
  override toString(): string {
    return this.#isSingle ? "float32" : "float64";
  }
  override get builtinId(): number {
    return wireFloat;
  }
  override zero(): number {
    return 0;
  }
  override check(v: unknown, c: Checking): number | undefined {
    if (typeof v !== "number") return issue(c, unlike(this, v));
    if (this.#isSingle && isBeyondSingle(v)) return issue(c, `${v} is out of range of float32`);
    return this.#isSingle ? Math.fround(v) : v;
  }
  override toJSONSchema(): JSONSchema {
    if (!this.#isSingle) return { type: "number", format: "double" };
    return { type: "number", format: "float", exclusiveMinimum: -pastFloat32, exclusiveMaximum: pastFloat32 };
  }
  protected override makeWriters(): Writers {
    const write = this.#isSingle ? putSingle : putDouble;
    return {
      value: write,
      field: (s, v, delta) => {
        if (v === 0) return false;
        putUint(s, delta);
        write(s, v);
        return true;
      },
    };
  }
  override makeReader(_wires: Wires, id: number, name: string): ValueReader | null {
    if (id !== wireFloat) return null;
    return this.#isSingle ? (s) => getSingle(s, name) : getFloat;
  }
}

function putDouble(s: Sink, v: unknown): void {
  if (typeof v !== "number") throw unfit("float64", v);
  putFloat(s, v);
}

function putSingle(s: Sink, v: unknown): void {
  if (typeof v !== "number") throw unfit("float32", v);
  if (isBeyondSingle(v)) throw new RangeError(`gob: ${v} is out of range of float32`);
  putFloat(s, Math.fround(v));
}

function getSingle(s: Source, name: string): number {
  const v = getFloat(s);
  if (isBeyondSingle(v)) throw outOfRange(name);
  return Math.fround(v);
}

/** Infinity is in both. */
function isBeyondSingle(v: number): boolean {
  return Math.abs(v) > maxFloat32 && Number.isFinite(v);
}

/** A complex number, as Go's `real` and `imag` take it apart. */
export interface Complex {
  /** The real part. */
  real: number;
  /** The imaginary part. */
  imag: number;
}

class ComplexSchema extends Schema<Complex, Complex> {
  readonly #isSingle: boolean;

  constructor(isSingle: boolean) {
    super();
    this.#isSingle = isSingle;
  }
  override toString(): string {
    return this.#isSingle ? "complex64" : "complex128";
  }
  override get builtinId(): number {
    return wireComplex;
  }
  override zero(): Complex {
    return { real: 0, imag: 0 };
  }
  override get isZeroShared(): boolean {
    return false;
  }
  override get zeroBytes(): number {
    return 40;
  }
  override check(v: unknown, c: Checking): Complex | undefined {
    if (!isComplex(v)) return issue(c, unlike(this, v));
    if (!this.#isSingle) return { real: v.real, imag: v.imag };
    if (isBeyondSingle(v.real) || isBeyondSingle(v.imag)) return issue(c, "is out of range of complex64");
    return { real: Math.fround(v.real), imag: Math.fround(v.imag) };
  }
  override toJSONSchema(): JSONSchema {
    const part = { type: "number" };
    return { type: "object", properties: { real: part, imag: part }, required: ["real", "imag"] };
  }
  protected override makeWriters(): Writers {
    const put = this.#isSingle ? putSingle : putDouble;
    const write = (s: Sink, v: unknown): void => {
      if (!isComplex(v)) throw unfit(this, v);
      put(s, v.real);
      put(s, v.imag);
    };
    return {
      value: write,
      field: (s, v, delta) => {
        if (isComplex(v) && v.real === 0 && v.imag === 0) return false;
        putUint(s, delta);
        write(s, v);
        return true;
      },
    };
  }
  override makeReader(_wires: Wires, id: number, name: string): ValueReader | null {
    if (id !== wireComplex) return null;
    const get: (s: Source) => number = this.#isSingle ? (s) => getSingle(s, name) : getFloat;
    return (s) => {
      s.spend(40);
      return { real: get(s), imag: get(s) };
    };
  }
}

function isComplex(v: unknown): v is Complex {
  if (typeof v !== "object" || v === null) return false;
  const { real, imag } = v as Partial<Complex>;
  return typeof real === "number" && typeof imag === "number";
}

class StringSchema extends Schema<string, string> {
  override toString(): string {
    return "string";
  }
  override get builtinId(): number {
    return wireString;
  }
  override zero(): string {
    return "";
  }
  override check(v: unknown, c: Checking): string | undefined {
    return typeof v === "string" ? v : issue(c, unlike(this, v));
  }
  override toJSONSchema(): JSONSchema {
    return { type: "string" };
  }
  protected override makeWriters(): Writers {
    const write = (s: Sink, v: unknown): void => {
      if (typeof v !== "string") throw unfit("string", v);
      putString(s, v);
    };
    return {
      value: write,
      field: (s, v, delta) => {
        if (v === "") return false;
        putUint(s, delta);
        write(s, v);
        return true;
      },
    };
  }
  override makeReader(_wires: Wires, id: number): ValueReader | null {
    return id === wireString ? getString : null;
  }
}

class BytesSchema extends Schema<Uint8Array<ArrayBuffer>, Uint8Array | null> {
  override toString(): string {
    return "[]uint8";
  }
  override get builtinId(): number {
    return wireBytes;
  }
  override zero(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(0);
  }
  override get isZeroShared(): boolean {
    return false;
  }
  override get zeroBytes(): number {
    return 96;
  }
  override check(v: unknown, c: Checking): Uint8Array<ArrayBuffer> | undefined {
    if (v === null) return this.zero();
    return v instanceof Uint8Array ? (v as Uint8Array<ArrayBuffer>) : issue(c, unlike(this, v));
  }
  override toJSONSchema(d: Definitions): JSONSchema {
    const schema = { type: "string", contentEncoding: "base64", pattern: base64 };
    return d.isInput ? orNull(schema) : schema;
  }
  protected override makeWriters(): Writers {
    const write = (s: Sink, v: unknown): void => {
      if (v === null) putUint(s, 0);
      else if (v instanceof Uint8Array) putBytes(s, v);
      else throw unfit("[]uint8", v);
    };
    return {
      value: write,
      field: (s, v, delta) => {
        if (v === null || (v instanceof Uint8Array && v.byteLength === 0)) return false;
        putUint(s, delta);
        write(s, v);
        return true;
      },
    };
  }
  override makeReader(_wires: Wires, id: number): ValueReader | null {
    return id === wireBytes ? getBytes : null;
  }
}

/** Go's bool. */
export const bool: Schema<boolean, boolean> = new BoolSchema();
/** Go's float32: what is encoded is rounded to it, and fails if it is finite and too large. */
export const float32: Schema<number, number> = new FloatSchema(true);
/** Go's float64. A field that is -0 is left out, as Go does, and arrives as 0. */
export const float64: Schema<number, number> = new FloatSchema(false);
/** Go's complex64, as `{ real, imag }`. */
export const complex64: Schema<Complex, Complex> = new ComplexSchema(true);
/** Go's complex128, as `{ real, imag }`. */
export const complex128: Schema<Complex, Complex> = new ComplexSchema(false);
/** Go's string, taken for UTF-8: bytes that are none become U+FFFD. */
export const string: Schema<string, string> = new StringSchema();
/** Go's []byte. What is decoded is a copy. `null` encodes as empty; in a field, Go cannot tell empty from nil. */
export const bytes: Schema<Uint8Array<ArrayBuffer>, Uint8Array | null> = new BytesSchema();
