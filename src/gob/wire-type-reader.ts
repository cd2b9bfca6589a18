import { corrupt } from "./errors.js";
import { getSmallInt, getString, getUint, type Source } from "./source.js";
import { type WireField, type WireType, wireKinds } from "./wire-type.js";

/** What a definition may have, before it is clear which kind it is. */
interface Draft {
  name: string;
  elem: number;
  key: number;
  length: number;
  fields: readonly WireField[];
}

type Kind = (typeof wireKinds)[number];

/** Reads one field of a struct. */
type FieldReader = (s: Source) => void;

/** Reads the fields of a struct up to its end. */
function readFields(s: Source, fields: readonly FieldReader[]): void {
  for (let i = -1; ; ) {
    const delta = getUint(s);
    if (delta === 0) return;
    i += delta;
    const field = fields[i];
    if (field === undefined) throw corrupt("bad data: field numbers out of bounds");
    field(s);
  }
}

/** Reads Go's wireType: one of its fields, if it is of any use. */
export function getWireType(s: Source): WireType {
  let wire: WireType | null = null;
  const kinds = wireKinds.map(
    (kind): FieldReader =>
      () => {
        const next = getKind(s, kind);
        if (wire !== null) throw corrupt("bad data: type is defined as two kinds");
        wire = next;
      },
  );
  readFields(s, kinds);
  if (wire === null) throw corrupt("unknown type id or corrupted data");
  return wire;
}

function getKind(s: Source, kind: Kind): WireType {
  const draft: Draft = { name: "", elem: 0, key: 0, length: 0, fields: [] };
  const common: FieldReader = () => readFields(s, [() => (draft.name = getString(s)), () => getSmallInt(s)]);
  const elem: FieldReader = () => (draft.elem = getSmallInt(s));
  const parts: Record<Kind, readonly FieldReader[]> = {
    array: [common, elem, () => (draft.length = getSmallInt(s))],
    slice: [common, elem],
    struct: [common, () => (draft.fields = getFields(s))],
    map: [common, () => (draft.key = getSmallInt(s)), elem],
    gob: [common],
    binary: [common],
    text: [common],
  };
  readFields(s, parts[kind]);
  if (!Number.isSafeInteger(draft.length) || draft.length < 0) throw corrupt("bad data: length of an array type");
  const { name, elem: elemId, key, length, fields } = draft;
  switch (kind) {
    case "array":
      return { kind, name, elem: elemId, length };
    case "slice":
      return { kind, name, elem: elemId };
    case "map":
      return { kind, name, key, elem: elemId };
    case "struct":
      return { kind, name, fields };
    case "gob":
    case "binary":
    case "text":
      return { kind: "opaque", name, method: kind };
  }
}

function getFields(s: Source): WireField[] {
  const n = getUint(s);
  s.count(n, false);
  const fields: WireField[] = [];
  for (let i = 0; i < n; i++) {
    let name = "";
    let id = 0;
    readFields(s, [() => (name = getString(s)), () => (id = getSmallInt(s))]);
    if (name === "") throw corrupt("empty name for remote field");
    s.spend(64);
    fields.push({ name, id });
  }
  return fields;
}
