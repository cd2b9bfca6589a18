import { descend, type Schema, unfit, type Writers } from "./schema.js";
import { putWord, type Sink } from "./sink.js";

/** A delta of one byte. */
const shortFields = 127;

/** Makes a writer of structs. Most encoding is this loop, see bench/gob.ts. */
export function structWriter(
  schema: Schema,
  names: readonly string[],
  fields: readonly Schema[],
): (s: Sink, v: unknown) => void {
  const writers = fields.map((field) => field.writers.field);
  const areWide = fields.map((field) => field.isWideInt && fields.length < shortFields);
  const count = names.length;
  return (s, v) => {
    if (typeof v !== "object" || v === null) throw unfit(schema, v);
    descend(s);
    let { b, n } = s;
    let last = -1;
    for (let i = 0; i < count; i++) {
      if (n > s.limit) {
        s.n = n;
        s.room();
        ({ b, n } = s);
      }
      const field = (v as Record<string, unknown>)[names[i] as string];
      if (areWide[i] === true && typeof field === "number" && (field << 1) >> 1 === field) {
        if (field === 0) continue;
        b[n] = i - last;
        n = putWord(b, n + 1, (field << 1) ^ (field >> 31));
        last = i;
      } else {
        s.n = n;
        if ((writers[i] as Writers["field"])(s, field, i - last)) last = i;
        ({ b, n } = s);
      }
    }
    s.n = n;
    if (n > s.limit) s.room();
    s.b[s.n++] = 0;
    s.depth--;
  };
}
