import type { Registry } from "./registry.js";
import { descend } from "./schema.js";
import { putString, putUint, type Sink } from "./sink.js";
import type { StreamTypes } from "./type-ids.js";

/**
 * Writes an interface value: a name, a type, and the value with its length before it.
 *
 * Go defines a type that is new in the middle of the value, and ends the message there. We define it ahead of the whole
 * value, in `definitions`: every decoder takes that, and Go's own fails to skip the other.
 */
export function interfaceWriter(s: Sink, definitions: Sink, types: StreamTypes, registry: Registry) {
  return (v: unknown): void => {
    if (v == null) return putUint(s, 0);
    const { name, schema, value } = registry.concrete(v);
    const { head, isStruct, write } = types.send(schema, definitions);
    putString(s, name);
    s.room();
    putUint(s, head);
    const mark = s.begin();
    descend(s);
    if (!isStruct) putUint(s, 0);
    write(s, value);
    s.depth--;
    s.end(mark);
  };
}
