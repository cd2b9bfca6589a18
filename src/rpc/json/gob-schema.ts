import { Schema } from "../../gob/schema.js";
import type { StandardSchema } from "../../gob/standard.js";

/** Tells whether a schema is one of `toolkit/gob`, whose JSON is that of Go. */
export function isGobSchema(schema: StandardSchema<unknown, unknown> | undefined): schema is Schema {
  return schema instanceof Schema;
}
