import type { Schema } from "../../gob/schema.js";
import type { BodyType } from "../codec.js";
import { DecodeError, EncodeError } from "../errors.js";
import { formatValue } from "./format.js";
import { defaultMaxDepth } from "./framer.js";
import { parseValue } from "./parse.js";
import { Promoter } from "./promote.js";
import type { RawJSON } from "./raw.js";
import { isGobSchema, TypedReader } from "./typed.js";

/** Encodes and decodes the values of one connection. */
export class JSONValues {
  readonly #maxDepth: number;
  readonly #typed = new TypedReader();
  readonly #promoter = new Promoter();

  constructor(maxDepth: number = defaultMaxDepth) {
    this.#maxDepth = maxDepth;
  }

  /**
   * Encodes a value, by its schema if that is one of `toolkit/gob`; `undefined` for `undefined`.
   * @throws {EncodeError} for what JSON has no words for
   */
  encode(value: unknown, schema?: BodyType["schema"]): RawJSON | undefined {
    return formatValue(isGobSchema(schema) ? this.#promoted(value, schema) : value, this.#maxDepth);
  }

  /** Decodes a value, by its schema if that is one of `toolkit/gob`. @throws {DecodeError} if it does not fit */
  decode(raw: RawJSON, { schema }: BodyType): unknown {
    return decoded(() => (isGobSchema(schema) ? this.#typed.read(parseValue(raw, true), schema) : parseValue(raw)));
  }

  /** Decodes a list: if the schema is a struct of `toolkit/gob`, its elements are the fields in their order. */
  decodeList(raw: RawJSON, { schema }: BodyType): unknown {
    return decoded(() => this.#typed.readList(parseValue(raw, true) as unknown[], schema as Schema));
  }

  #promoted(value: unknown, schema: Schema): unknown {
    try {
      return this.#promoter.promote(value, schema);
    } catch (err) {
      const message = err instanceof Error ? err.message : "Cannot encode a value";
      throw new EncodeError(`json: ${message}`, { cause: err });
    }
  }
}

function decoded(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (err) {
    if (err instanceof DecodeError) throw err;
    throw new DecodeError(`json: ${err instanceof Error ? err.message : "Cannot decode a value"}`, err);
  }
}
