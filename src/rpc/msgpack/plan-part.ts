import { type Schema, unlike } from "../../gob/schema.js";
import { DecodeError } from "../errors.js";
import type { Outbox } from "../outbox.js";
import { type Cursor, maxZeroBytes } from "./plan-cursor.js";

/** Is what a plan does with values of one type: plans are made of these. */
export interface Part {
  /** Writes a value; `depth` is how many levels it may have. Throws a TypeError or RangeError for what does not fit. */
  readonly write: (out: Outbox, v: unknown, depth: number) => void;
  /** Reads a value, or gives `unread`: then it does not matter where the cursor stands. */
  readonly read: (c: Cursor) => unknown;
  /** Turns what was decoded without a schema into what the schema decodes. */
  readonly slow: (v: unknown, at: Place) => unknown;
  /** How the part's values may be written and read within a struct, without a call. */
  readonly quick?: Quick;
}

/** Integers that have room for 31 bits. */
type Quick = "signed" | "unsigned";

/** Gives the part for a schema. */
export type PartOf = (schema: Schema) => Part;

/** Knows where in a value the slow way is, and what memory it may still take for zero values. */
export class Place {
  readonly #path: PropertyKey[] = [];
  #bytes = maxZeroBytes;

  /** Turns what is one level down. */
  within(part: Part, v: unknown, key: PropertyKey): unknown {
    this.#path.push(key);
    const value = part.slow(v ?? null, this);
    this.#path.pop();
    return value;
  }

  /** Gives what a value is that was not sent. */
  zero(schema: Schema): unknown {
    this.#bytes -= schema.zeroBytes;
    if (this.#bytes < 0) throw this.error("zero values take too much memory");
    return schema.zero();
  }

  /** Says what does not fit. */
  unlike(schema: Schema | string, v: unknown): DecodeError {
    return this.error(unlike(schema, v));
  }

  error(message: string, cause?: unknown): DecodeError {
    const path = this.#path.length === 0 ? "" : `${this.#path.map(String).join(".")}: `;
    return new DecodeError(`msgpack: ${path}${message}`, cause);
  }
}

/** Gives the zero value, if there is memory for it. */
export function zeroOf(c: Cursor, schema: Schema): { readonly value: unknown } | null {
  c.zeroBytes -= schema.zeroBytes;
  return c.zeroBytes < 0 ? null : { value: schema.zero() };
}

/** The error of a part for a value that is nested too deep. */
export function tooDeep(): RangeError {
  return new RangeError("Cannot encode what is nested too deep, or within itself");
}
