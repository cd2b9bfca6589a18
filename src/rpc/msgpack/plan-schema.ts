import { any } from "../../gob/any.js";
import { IntegerSchema } from "../../gob/integers.js";
import { MapSchema } from "../../gob/map.js";
import { OptionalSchema } from "../../gob/optional.js";
import { bool, bytes, complex64, complex128, float32, float64, string } from "../../gob/scalars.js";
import type { Schema, Wires } from "../../gob/schema.js";
import { ArraySchema, SliceSchema } from "../../gob/slice.js";
import { EmbeddedSchema, StructSchema } from "../../gob/struct.js";
import { time } from "../../gob/well-known.js";
import { anyPart } from "./plan-any.js";
import { bytesPart, customPart, isCustom } from "./plan-bytes.js";
import { boolPart, floatPart } from "./plan-floats.js";
import { integerPart } from "./plan-integers.js";
import { arrayPart, optionalPart, slicePart } from "./plan-lists.js";
import { mapPart } from "./plan-maps.js";
import type { Part, PartOf } from "./plan-part.js";
import { structPart } from "./plan-struct.js";
import { stringPart } from "./plan-text.js";
import { timePart } from "./plan-time.js";

/** Makes the part for a schema, with those for what it consists of. */
export function makePart(schema: Schema, partOf: PartOf): Part {
  if (schema instanceof IntegerSchema) return integerPart(schema);
  if (schema instanceof StructSchema) return structPart(schema as StructSchema, partOf);
  if (schema instanceof EmbeddedSchema) return partOf(schema.struct as Schema);
  if (schema instanceof OptionalSchema) return optionalPart(schema.elem as Schema, partOf);
  if (schema instanceof SliceSchema) return slicePart(schema as SliceSchema, partOf);
  if (schema instanceof ArraySchema) return arrayPart(schema as ArraySchema, partOf);
  if (schema instanceof MapSchema) return mapPart(schema as MapSchema, partOf);
  return scalarPart(schema, partOf) ?? partOf(innerOf(schema));
}

function scalarPart(schema: Schema, partOf: PartOf): Part | null {
  if (schema === bool) return boolPart(schema);
  if (schema === string) return stringPart(schema);
  if (schema === bytes) return bytesPart(schema);
  if (schema === float64 || schema === float32) return floatPart(schema, schema === float32);
  if (schema === complex128) return partOf(complexOf(float64));
  if (schema === complex64) return partOf(complexOf(float32));
  if (schema === any) return anyPart(partOf);
  if (schema === time) return timePart(schema);
  return isCustom(schema) ? customPart(schema) : null;
}

/** Go's codec has nothing for complex numbers: they are what they are without a schema. */
function complexOf(float: Schema): Schema {
  return new StructSchema("", { real: float, imag: float });
}

/** Finds what a schema stands for, be it that it names it or that it was to be made later: its reader is made by it. */
function innerOf(schema: Schema): Schema {
  let inner: Schema | undefined;
  const wires: Wires = {
    wire: () => undefined,
    nameOf: () => "",
    reader: (found) => {
      inner = found;
      return null;
    },
    skipper: () => () => {},
    spreads: () => false,
  };
  schema.makeReader(wires, 0, "");
  if (inner === undefined) throw new TypeError(`Schema ${schema.toString()} is none of toolkit/gob`);
  return inner;
}
