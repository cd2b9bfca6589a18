import type { StandardSchema } from "../../gob/standard.js";
import type { BodyType } from "../codec.js";
import { handled } from "../handled.js";
import { isGobSchema } from "../json/gob-schema.js";
import { kindOf, onlyElement, type RawJSON } from "../json/raw.js";
import type { JSONValues } from "../json/values.js";
import { isThenable } from "../outcome.js";

/** Arguments that are sent by their positions, as they are. */
export class Positional {
  /** The arguments, in order. */
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.values = values;
  }
}

/** Makes arguments that JSON-RPC 2.0 sends by position: `client.call("subtract", positional(42, 23))`. */
export function positional(...values: unknown[]): Positional {
  return new Positional(values);
}

/**
 * Gives the `params` of arguments: an object is sent as it is, by name; a list that has not exactly one element by
 * position; nothing for `undefined`. All else is sent as the one element of a list, and so is a list of one, as its
 * element would be taken for the arguments otherwise.
 */
export function encodeParams(args: unknown, values: JSONValues, type?: BodyType): RawJSON | undefined {
  if (args instanceof Positional) return values.encode(args.values);
  const raw = values.encode(args, type?.schema);
  if (raw === undefined) return undefined;
  const kind = kindOf(raw);
  const isStructured = kind === "object" || (kind === "array" && onlyElement(raw) === undefined);
  return isStructured ? raw : `[${raw}]`;
}

/**
 * Gives the arguments of `params`: an object is the arguments; so is the one element of a list of one; so is any other
 * list. Nothing is `undefined`.
 *
 * A schema has a say: a list of one is the arguments itself where it fits the schema and its element does not; the fields
 * of a struct of `toolkit/gob` may come by position.
 * @throws {DecodeError} for what does not fit a schema of `toolkit/gob`
 */
export function decodeParams(params: RawJSON | undefined, type: BodyType, values: JSONValues): unknown {
  if (params === undefined) return isGobSchema(type.schema) ? type.schema.zero() : undefined;
  if (kindOf(params) === "object") return values.decode(params, type);
  const only = onlyElement(params);
  if (isGobSchema(type.schema)) return decodeTyped(params, only, type, values);
  if (only === undefined) return values.decode(params, type);
  const element = values.decode(only, type);
  const isList = type.schema !== undefined && !accepts(type.schema, element) && accepts(type.schema, [element]);
  return isList ? [element] : element;
}

function decodeTyped(params: RawJSON, only: RawJSON | undefined, type: BodyType, values: JSONValues): unknown {
  if (only === undefined) return values.decodeList(params, type);
  try {
    return values.decode(only, type);
  } catch (err) {
    try {
      return values.decodeList(params, type);
    } catch {
      throw err; // the element is what was meant
    }
  }
}

/** A schema that takes its time passes here: what it says in the end is for the server, which asks it again. */
function accepts(schema: StandardSchema<unknown, unknown>, value: unknown): boolean {
  const result = schema["~standard"].validate(value) as unknown;
  if (isThenable(result)) {
    void handled(Promise.resolve(result)); // nobody else waits for this one
    return true;
  }
  return (result as { issues?: unknown }).issues === undefined;
}
