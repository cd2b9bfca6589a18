import { GobError } from "../../gob/errors.js";
import { parseValue } from "../../gob/json/parse.js";
import type { Schema } from "../../gob/schema.js";
import { wireBytes, wireInterface } from "../../gob/wire-type.js";
import type { BodyType } from "../codec.js";
import { DecodeError } from "../errors.js";
import { encoding, formatValue } from "./format.js";
import { defaultMaxDepth } from "./framer.js";
import { isGobSchema } from "./gob-schema.js";
import type { RawJSON } from "./raw.js";

/** Encodes and decodes the values of one connection. */
export class JSONValues {
  readonly #maxDepth: number;

  constructor(maxDepth: number = defaultMaxDepth) {
    this.#maxDepth = maxDepth;
  }

  /**
   * Encodes a value, by its schema if that is one of `toolkit/gob`; `undefined` for `undefined`.
   * @throws {EncodeError} for what JSON has no words for, and what the schema does not have
   */
  encode(value: unknown, schema?: BodyType["schema"]): RawJSON | undefined {
    if (value === undefined || value === null || !isGobSchema(schema)) return formatValue(value, this.#maxDepth);
    return formatValue(
      encoding(() => schema.json.toJSON(value, this.#maxDepth)),
      this.#maxDepth,
    );
  }

  /** Decodes a value, by its schema if that is one of `toolkit/gob`. @throws {DecodeError} if it does not fit */
  decode(raw: RawJSON, { schema }: BodyType): unknown {
    return decoded(() => (isGobSchema(schema) ? schema.json.fromJSON(parseValue(raw, true)) : parseValue(raw)));
  }

  /** Decodes a list: if the schema is a struct of `toolkit/gob`, its elements are the fields in their order. */
  decodeList(raw: RawJSON, { schema }: BodyType): unknown {
    return decoded(() => readList(parseValue(raw, true) as unknown[], schema as Schema));
  }
}

function readList(list: readonly unknown[], schema: Schema): unknown {
  const fields = fieldsOf(schema);
  if (fields === null) return list.length === 0 && !isList(schema) ? schema.zero() : schema.json.fromJSON(list);
  if (list.length > fields.length) {
    throw new DecodeError(
      `json: cannot unmarshal ${list.length} values into ${fields.length} fields of ${schema.toString()}`,
    );
  }
  return schema.json.fromJSON(Object.fromEntries(list.map((value, i) => [fields[i] as string, value])));
}

function isList({ base }: Schema): boolean {
  if (base.builtinId !== 0) return base.builtinId === wireBytes || base.builtinId === wireInterface;
  const kind = base.wireType({ idOf: () => 0 }, "")?.kind;
  return kind === "slice" || kind === "array";
}

function fieldsOf(schema: Schema): string[] | null {
  const wire = schema.base.isStruct ? schema.base.wireType({ idOf: () => 0 }, "") : null;
  return wire?.kind === "struct" ? wire.fields.map(({ name }) => name) : null;
}

function decoded(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (err) {
    if (err instanceof DecodeError) throw err;
    if (err instanceof GobError) throw new DecodeError(err.message, err);
    throw new DecodeError(`json: ${err instanceof Error ? err.message : "Cannot decode a value"}`, err);
  }
}
