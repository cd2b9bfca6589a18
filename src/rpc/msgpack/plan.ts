import type { Schema } from "../../gob/schema.js";
import { issuesText } from "../contract.js";
import type { DecodeError } from "../errors.js";
import type { Outbox } from "../outbox.js";
import { Cursor, unread } from "./plan-cursor.js";
import { type Part, Place } from "./plan-part.js";
import { makePart } from "./plan-schema.js";
import { defaultMaxDepth } from "./scanner.js";

export { Cursor, unread };

/** Writes and reads msgpack of one type. It keeps no state: one serves all streams. */
export interface Plan {
  /**
   * Writes a value. If it throws, part of the value is written: truncate the outbox.
   * @throws {TypeError} {@link RangeError} for a value that does not fit, as `A: want int, got a string`
   */
  write(out: Outbox, value: unknown, maxDepth?: number): void;
  /**
   * Reads a value and leaves the cursor behind it; or gives {@link unread}, and leaves the cursor where it was. That is
   * when the value does not end among the bytes, does not fit the schema, or is out of bounds. Never throws.
   */
  read(cursor: Cursor): unknown;
  /**
   * Turns what was decoded without a schema into what the schema decodes. Times are exact to the millisecond.
   * @throws {DecodeError} that names the place
   */
  slow(value: unknown): unknown;
}

const plans = new WeakMap<Schema, Plan>();
const parts = new WeakMap<Schema, Part>();

/** Gives the plan for a schema, which is made once. */
export function planOf(schema: Schema): Plan {
  let plan = plans.get(schema);
  if (plan === undefined) plans.set(schema, (plan = makePlan(schema)));
  return plan;
}

function makePlan(schema: Schema): Plan {
  const part = partOf(schema);
  const { write, read } = part;
  return {
    write: (out, value, maxDepth = defaultMaxDepth) => {
      try {
        write(out, value, maxDepth);
      } catch (err) {
        throw explained(err, schema, value);
      }
    },
    read: (c) => {
      const start = c.at;
      c.reset();
      const value = read(c);
      if (value !== unread && c.at - start <= c.maxMessageBytes) return value;
      c.at = start;
      return unread;
    },
    slow: (value) => slowly(part, value),
  };
}

/** Gives the part for a schema. A type that contains itself is found here while its part is being made. */
function partOf(schema: Schema): Part {
  const known = parts.get(schema);
  if (known !== undefined) return known;
  let made: Part | undefined;
  const later = (): Part => (made ??= partOf(schema));
  parts.set(schema, {
    write: (out, v, depth) => later().write(out, v, depth),
    read: (c) => later().read(c),
    slow: (v, at) => later().slow(v, at),
  });
  try {
    made = makePart(schema, partOf);
    parts.set(schema, made);
    return made;
  } catch (err) {
    parts.delete(schema);
    throw err;
  }
}

/** Names the place of what is wrong. */
function explained(err: unknown, schema: Schema, value: unknown): unknown {
  if (!(err instanceof TypeError || err instanceof RangeError)) return err;
  const first = schema.firstIssue(value);
  if (first === undefined || (first.path?.length ?? 0) > defaultMaxDepth) return err; // within itself
  const text = issuesText([first]);
  return err instanceof RangeError ? new RangeError(text) : new TypeError(text);
}

function slowly(part: Part, value: unknown): unknown {
  const place = new Place();
  try {
    return part.slow(value ?? null, place);
  } catch (err) {
    if (err instanceof RangeError) throw place.error("value is nested too deep", err);
    throw err as DecodeError;
  }
}
