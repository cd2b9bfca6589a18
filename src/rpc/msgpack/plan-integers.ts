import { type Schema, unfit } from "../../gob/schema.js";
import type { Outbox } from "../outbox.js";
import { takeNil, unread } from "./plan-cursor.js";
import { numberBytes, putBigint, putNumber, readInteger } from "./plan-numbers.js";
import type { Part, Place } from "./plan-part.js";

/** What there is to know of an integer type. */
interface Integer {
  readonly schema: Schema;
  readonly mode: "number" | "bigint" | "auto";
  readonly bits: number;
  readonly isSigned: boolean;
  readonly min: bigint;
  readonly max: bigint;
}

/** Finds out about a type: its name has its size, and what it decodes to shows in what it makes of values. */
function integerOf(schema: Schema): Integer {
  const name = schema.toString();
  const isSigned = name.startsWith("int");
  const bits = Number(/\d+$/.exec(name)?.[0] ?? 64);
  const room = BigInt(isSigned ? bits - 1 : bits);
  const isWide = bits === 64 && schema.firstIssue(1n << 60n) === undefined;
  const mode = typeof schema.zero() === "bigint" ? "bigint" : isWide ? "auto" : "number";
  return { schema, mode, bits, isSigned, min: isSigned ? -(1n << room) : 0n, max: (1n << room) - 1n };
}

/** Makes the part of an integer type without a name of its own. */
export function integerPart(schema: Schema): Part {
  const type = integerOf(schema);
  const least = Math.max(Number(type.min), Number.MIN_SAFE_INTEGER);
  const most = Math.min(Number(type.max), Number.MAX_SAFE_INTEGER);
  const zero = schema.zero();
  const isNumber = type.mode !== "bigint";
  const quick =
    type.bits < 32 || !isNumber ? {} : { quick: type.isSigned ? ("signed" as const) : ("unsigned" as const) };
  return {
    ...quick,
    write: (out, v) => {
      if (typeof v === "number" && v >= least && v <= most && Math.floor(v) === v) {
        out.advance(putNumber(out.room(numberBytes), out.length, v));
      } else writeRest(out, v, type);
    },
    read: (c) => {
      const v = readInteger(c);
      if (isNumber && typeof v === "number") return v >= least && v <= most ? v : unread;
      if (v === unread) return takeNil(c) ? zero : unread;
      return convert(v, type) ?? unread;
    },
    slow: (v, at) => slowInteger(v, at, type),
  };
}

function writeRest(out: Outbox, v: unknown, { schema, min, max }: Integer): void {
  if (typeof v !== "bigint" && !Number.isInteger(v)) throw unfit(schema, v);
  if (typeof v === "number" || (v as bigint) < min || (v as bigint) > max) {
    throw new RangeError(`${v as number} is out of range of ${schema.toString()}`);
  }
  out.advance(putBigint(out.room(numberBytes), out.length, v as bigint));
}

/** Gives an integer as the schema wants it; nothing if it is out of range. */
function convert(v: number | bigint, { mode, min, max }: Integer): number | bigint | undefined {
  if (v < min || v > max) return undefined;
  if (mode === "bigint") return BigInt(v);
  return typeof v === "number" || mode === "auto" ? v : undefined;
}

function slowInteger(v: unknown, at: Place, type: Integer): unknown {
  if (v === null) return type.schema.zero();
  if (typeof v !== "bigint" && !Number.isSafeInteger(v)) throw at.unlike(type.schema, v);
  const rounded = Number(v);
  const n = convert(Number.isSafeInteger(rounded) ? rounded : (v as bigint), type);
  if (n === undefined) throw at.error(`${v as number} is out of range of ${type.schema.toString()}`);
  return Object.is(n, -0) ? 0 : n;
}
