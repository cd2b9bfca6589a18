import { putInt, putString, putUint, type Sink } from "./sink.js";
import { type WireType, wireKinds } from "./wire-type.js";

/** Writes the message that defines a type: its negated id, and what Go calls a wireType. */
export function putDefinition(s: Sink, id: number, wire: WireType): void {
  const mark = s.begin();
  putInt(s, -id);
  putUint(s, wireKinds.indexOf(wire.kind === "opaque" ? wire.method : wire.kind) + 1);
  putUint(s, 1);
  putCommon(s, id, wire.name);
  putParts(s, wire);
  s.room();
  putUint(s, 0);
  putUint(s, 0);
  s.end(mark);
}

/** Go's CommonType: a name, which may be missing, and the id. */
function putCommon(s: Sink, id: number, name: string): void {
  if (name !== "") {
    putUint(s, 1);
    putString(s, name);
  }
  s.room();
  putUint(s, name === "" ? 2 : 1);
  putInt(s, id);
  putUint(s, 0);
}

function putParts(s: Sink, wire: WireType): void {
  switch (wire.kind) {
    case "array":
      putIds(s, wire.elem);
      if (wire.length > 0) putIds(s, wire.length);
      break;
    case "slice":
      putIds(s, wire.elem);
      break;
    case "map":
      putIds(s, wire.key);
      putIds(s, wire.elem);
      break;
    case "struct":
      putFields(s, wire.fields);
      break;
    case "opaque":
      break;
  }
}

/** The next field of a struct, which is an int. */
function putIds(s: Sink, id: number): void {
  putUint(s, 1);
  putInt(s, id);
}

function putFields(s: Sink, fields: readonly { readonly name: string; readonly id: number }[]): void {
  if (fields.length === 0) return;
  putUint(s, 1);
  putUint(s, fields.length);
  for (const { name, id } of fields) {
    s.room();
    putUint(s, 1);
    putString(s, name);
    s.room();
    putIds(s, id);
    putUint(s, 0);
  }
}
