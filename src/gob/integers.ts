import { outOfRange } from "./errors.js";
import type { JSONSchema } from "./json-schema.js";
import { type Checking, issue, Schema, unfit, unlike, type ValueReader, type Wires, type Writers } from "./schema.js";
import { putBigInt, putBigUint, putInt, putUint, type Sink } from "./sink.js";
import { exactUint, getInt, getNumber, getUint, longInt } from "./source.js";
import { wireInt, wireUint } from "./wire-type.js";

/**
 * How an integer is decoded: as a number, and one beyond 2^53 fails; as a bigint; or `auto`, as a bigint only where a
 * number cannot hold it.
 */
export type IntegerMode = "number" | "bigint" | "auto";

/** The TypeScript type of integers in a mode. */
export type InMode<M extends IntegerMode> = M extends "number" ? number : M extends "bigint" ? bigint : number | bigint;

/** An integer type of Go's. Numbers and bigints are encoded alike, if they are in range. */
export class IntegerSchema<T extends number | bigint = number> extends Schema<T, number | bigint> {
  readonly #name: string;
  readonly #mode: IntegerMode;
  readonly #bits: number;
  readonly #isSigned: boolean;
  readonly #min: bigint;
  readonly #max: bigint;

  /** @internal */
  constructor(name: string, bits: number, mode: IntegerMode) {
    super();
    this.#name = name;
    this.#mode = mode;
    this.#bits = bits;
    this.#isSigned = name.startsWith("int");
    this.#min = this.#isSigned ? -(1n << BigInt(bits - 1)) : 0n;
    this.#max = (1n << BigInt(this.#isSigned ? bits - 1 : bits)) - 1n;
  }

  /** Gives the same type, decoded in another way. */
  as<M extends IntegerMode>(mode: M): IntegerSchema<InMode<M>> {
    return new IntegerSchema<InMode<M>>(this.#name, this.#bits, mode);
  }

  override toString(): string {
    return this.#name;
  }
  /** @internal */
  override get builtinId(): number {
    return this.#isSigned ? wireInt : wireUint;
  }
  /** @internal */
  override get isWideInt(): boolean {
    return this.#isSigned && this.#bits >= 32;
  }
  /** @internal */
  override zero(): T {
    return (this.#mode === "bigint" ? 0n : 0) as T;
  }

  /** @internal */
  override check(v: unknown, c: Checking): T | undefined {
    if (typeof v === "number") {
      if (!Number.isInteger(v)) return issue(c, unlike(this, v));
      if (!Number.isSafeInteger(v)) return issue(c, `${v} is no safe integer: give a bigint`);
    } else if (typeof v !== "bigint") return issue(c, unlike(this, v));
    if (v < this.#min || v > this.#max) return issue(c, `${v} is out of range of ${this.#name}`);
    return this.#convert(v) ?? issue(c, `${v} is too large for a number`);
  }

  #convert(v: number | bigint): T | undefined {
    if (this.#mode === "bigint") return BigInt(v) as T;
    const n = Number(v);
    if (Number.isSafeInteger(n)) return (Object.is(n, -0) ? 0 : n) as T;
    return this.#mode === "auto" ? (v as T) : undefined;
  }

  /** @internal */
  override toJSONSchema(): JSONSchema {
    const format = `${this.#isSigned ? "" : "u"}int${this.#bits}`;
    return { type: "integer", format, ...this.#bounds() };
  }
  /** What is decoded as a number has no more room than that. */
  #bounds(): JSONSchema {
    const [minimum, maximum] = [Number(this.#min), Number(this.#max)];
    if (this.#bits < 64) return { minimum, maximum };
    if (this.#mode !== "number") return { minimum, exclusiveMaximum: maximum }; // 2^63, or 2^64
    return { minimum: Math.max(minimum, Number.MIN_SAFE_INTEGER), maximum: Number.MAX_SAFE_INTEGER };
  }
  /** @internal */
  protected override makeWriters(): Writers {
    const write = this.#isSigned ? putInt : putUint;
    const least = Math.max(Number(this.#min), Number.MIN_SAFE_INTEGER);
    const most = Math.min(Number(this.#max), Number.MAX_SAFE_INTEGER);
    const rest = (s: Sink, v: unknown) => this.#writeRest(s, v);
    return {
      value: (s, v) => {
        if (typeof v === "number" && v >= least && v <= most && Math.floor(v) === v) write(s, v);
        else rest(s, v);
      },
      field: (s, v, delta) => {
        if (v === 0 || v === 0n) return false;
        putUint(s, delta);
        if (typeof v === "number" && v >= least && v <= most && Math.floor(v) === v) write(s, v);
        else rest(s, v);
        return true;
      },
    };
  }

  #writeRest(s: Sink, v: unknown): void {
    if (typeof v !== "bigint") throw typeof v === "number" && Number.isInteger(v) ? this.#tooLarge(v) : unfit(this, v);
    if (v < this.#min || v > this.#max) throw this.#tooLarge(v);
    if (this.#isSigned) putBigInt(s, v);
    else putBigUint(s, v);
  }

  #tooLarge(v: number | bigint): RangeError {
    return new RangeError(`gob: ${v} is out of range of ${this.#name}`);
  }

  /** @internal */
  override makeReader(_wires: Wires, id: number, name: string): ValueReader | null {
    if (id !== this.builtinId) return null;
    if (this.#mode === "number") return this.#isSigned ? this.#readSigned(name) : this.#readUnsigned(name);
    const read = this.#isSigned ? readBigInt : readBigUint;
    return (s) => {
      const v = read(s);
      if (v < this.#min || v > this.#max) throw outOfRange(name);
      return this.#convert(v);
    };
  }

  #readSigned(name: string): ValueReader {
    if (this.#bits === 64) return getNumber;
    const least = Number(this.#min);
    const most = Number(this.#max);
    return (s) => {
      const v = getInt(s);
      if (v === undefined || v < least || v > most) throw outOfRange(name);
      return v;
    };
  }

  #readUnsigned(name: string): ValueReader {
    const most = Math.min(Number(this.#max), Number.MAX_SAFE_INTEGER);
    return (s) => {
      const v = getUint(s);
      if (v > most) throw outOfRange(name);
      return v;
    };
  }
}

/** Go's uint8, of which slices are bytes. */
export class Uint8Schema extends IntegerSchema {
  /** Tells this type from the other integers. */
  readonly isUint8 = true;

  /** @internal */
  constructor() {
    super("uint8", 8, "number");
  }
  /** @internal */
  override get isByte(): boolean {
    return true;
  }
}

function readBigInt(s: Parameters<ValueReader>[0]): number | bigint {
  return getInt(s) ?? longInt(s);
}

function readBigUint(s: Parameters<ValueReader>[0]): number | bigint {
  const v = getUint(s);
  return v <= Number.MAX_SAFE_INTEGER ? v : exactUint(s, v);
}

/** Go's int, of 64 bits: a number. What is beyond 2^53 does not decode; `int.as("bigint")` decodes all. */
export const int: IntegerSchema = new IntegerSchema("int", 64, "number");
/** Go's int8. */
export const int8: IntegerSchema = new IntegerSchema("int8", 8, "number");
/** Go's int16. */
export const int16: IntegerSchema = new IntegerSchema("int16", 16, "number");
/** Go's int32, which is rune as well. */
export const int32: IntegerSchema = new IntegerSchema("int32", 32, "number");
/** Go's int64: a bigint only where a number cannot hold it; `int64.as("bigint")` is always one. */
export const int64: IntegerSchema<number | bigint> = new IntegerSchema<number | bigint>("int64", 64, "auto");
/** Go's uint, of 64 bits: a number. What is beyond 2^53 does not decode; `uint.as("bigint")` decodes all. */
export const uint: IntegerSchema = new IntegerSchema("uint", 64, "number");
/** Go's uint8, which is byte as well. A slice of them is {@link bytes}. */
export const uint8: Uint8Schema = new Uint8Schema();
/** Go's uint16. */
export const uint16: IntegerSchema = new IntegerSchema("uint16", 16, "number");
/** Go's uint32. */
export const uint32: IntegerSchema = new IntegerSchema("uint32", 32, "number");
/** Go's uint64: a bigint only where a number cannot hold it; `uint64.as("bigint")` is always one. */
export const uint64: IntegerSchema<number | bigint> = new IntegerSchema<number | bigint>("uint64", 64, "auto");
/** Go's uintptr. */
export const uintptr: IntegerSchema<number | bigint> = new IntegerSchema<number | bigint>("uintptr", 64, "auto");
