import { unfit } from "../../gob/schema.js";
import type { StructSchema } from "../../gob/struct.js";
import {
  blankOf,
  fieldOf,
  type Heads,
  headsOf,
  type Step,
  setField,
  type Values,
  wireFieldsOf,
} from "./plan-fields.js";
import { numberBytes, putInt32, putUint32 } from "./plan-numbers.js";
import { type Part, type PartOf, type Place, tooDeep } from "./plan-part.js";
import { structReader } from "./plan-struct-reader.js";

/** Makes the part of a struct: a map, which Go reads in any order, and writes in that of the alphabet. */
export function structPart(schema: StructSchema, partOf: PartOf): Part {
  const steps = wireFieldsOf(schema).map((field) => ({ ...field, part: partOf(field.schema) }));
  const heads = headsOf(steps);
  const make = blankOf(schema);
  return {
    write: structWriter(schema, steps, heads),
    read: structReader(steps, heads, make),
    slow: (v, at) => slowStruct(schema, steps, make, v, at),
  };
}

function structWriter(schema: StructSchema, steps: readonly Step[], { bytes, ends }: Heads): Part["write"] {
  const count = steps.length;
  const parts = steps.map(({ part }) => part);
  const names = steps.map(({ name }) => name);
  const paths = steps.map(({ path }) => path);
  const isFlat = paths.every(({ length }) => length === 1);
  const [first = "", second = ""] = names;
  const get = isFlat
    ? (v: Values, i: number): unknown => v[names[i] as string]
    : (v: Values, i: number): unknown => fieldOf(v, paths[i] as readonly string[]);
  const areInts = steps.map(({ part }) => (part.quick === "signed" ? 1 : part.quick === "unsigned" ? 2 : 0));
  const room = bytes.length + count * numberBytes;
  return (out, v, depth) => {
    if (typeof v !== "object" || v === null || Array.isArray(v)) throw unfit(schema, v);
    if (depth <= 0) throw tooDeep();
    if (count === 0) return out.byte(0x80);
    // By themselves, as the engine then knows the names where there is no other struct.
    const one = isFlat ? (v as Values)[first] : get(v as Values, 0);
    const two = count < 2 ? undefined : isFlat ? (v as Values)[second] : get(v as Values, 1);
    let b = out.room(room);
    let at = out.length;
    let k = 0;
    for (let i = 0; i < count; i++) {
      for (const end = ends[i] as number; k < end; k++) b[at++] = bytes[k] as number;
      const field = i === 0 ? one : i === 1 ? two : get(v as Values, i);
      const kind = areInts[i] as number;
      if (kind !== 0 && typeof field === "number" && (field | 0) === field && (kind === 1 || field >= 0)) {
        if (field >= 0 && field < 128) b[at++] = field;
        else at = kind === 1 ? putInt32(b, at, field) : putUint32(b, at, field);
      } else {
        out.advance(at);
        (parts[i] as Part).write(out, field, depth - 1);
        b = out.room(room - k);
        at = out.length;
      }
    }
    out.advance(at);
  };
}

function slowStruct(schema: StructSchema, steps: readonly Step[], make: () => Values, v: unknown, at: Place): unknown {
  if (v === null) return at.zero(schema);
  if (typeof v !== "object" || Array.isArray(v) || ArrayBuffer.isView(v) || v instanceof Date) {
    throw at.unlike(schema, v);
  }
  const o = make();
  for (const { name, path, part, schema: type } of steps) {
    const isThere = Object.hasOwn(v, name);
    setField(o, path, isThere ? at.within(part, (v as Values)[name], name) : at.zero(type));
  }
  return o;
}
