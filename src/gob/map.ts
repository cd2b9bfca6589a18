import { type Definitions, type JSONSchema, orNull } from "./json-schema.js";
import {
  type Checking,
  checkAt,
  descend,
  type Infer,
  type InferInput,
  issue,
  Schema,
  type TypeIds,
  unfit,
  unlike,
  type ValueReader,
  type Wires,
  type Writers,
} from "./schema.js";
import { putUint, type Sink } from "./sink.js";
import { getUint, type Source } from "./source.js";
import { type WireType, wireInt, wireString, wireUint } from "./wire-type.js";

/** About what an entry of a `Map` takes. */
const entryBytes = 48;
const mapBytes = 128;

/** What may be encoded as a map: an object will do where the keys are strings. */
export type MapInput<K, V> = ReadonlyMap<K, V> | (string extends K ? Readonly<Record<string, V>> : never) | null;

/** Go's map[K]V: a `Map`. Entries leave in its order; Go's come in any. */
export class MapSchema<K extends Schema = Schema, V extends Schema = Schema> extends Schema<
  Map<Infer<K>, Infer<V>>,
  MapInput<InferInput<K>, InferInput<V>>
> {
  /** The type of the keys. */
  readonly keys: K;
  /** The type of the values. */
  readonly elem: V;

  /** @internal */
  constructor(keys: K, elem: V) {
    super();
    this.keys = keys;
    this.elem = elem;
  }
  override toString(): string {
    return `map[${this.keys.toString()}]${this.elem.toString()}`;
  }
  /** @internal */
  override spell(within: readonly Schema[]): string {
    return `map[${this.keys.spell(within)}]${this.elem.spell(within)}`;
  }
  /** @internal */
  override get parts(): readonly Schema[] {
    return [this.keys, this.elem];
  }
  /** @internal */
  override zero(): Map<Infer<K>, Infer<V>> {
    return new Map();
  }
  /** @internal */
  override get isZeroShared(): boolean {
    return false;
  }
  /** @internal */
  override get zeroBytes(): number {
    return mapBytes;
  }
  /** @internal */
  override check(v: unknown, c: Checking): Map<Infer<K>, Infer<V>> | undefined {
    const entries = entriesOf(this, v);
    if (entries === null) return issue(c, unlike(this, v));
    const output = new Map<Infer<K>, Infer<V>>();
    for (const [key, value] of entries) {
      const at = typeof key === "symbol" ? key : String(key);
      output.set(checkAt(this.keys, key, c, at) as Infer<K>, checkAt(this.elem, value, c, at) as Infer<V>);
    }
    return output;
  }
  /** @internal */
  override toJSONSchema(d: Definitions): JSONSchema {
    const schema = { type: "object", ...keysOf(this.keys), additionalProperties: this.elem.toJSONSchema(d) };
    return d.isInput ? orNull(schema) : schema;
  }
  /** @internal */
  protected override makeWriters(): Writers {
    const key = this.keys.writers.value;
    const elem = this.elem.writers.value;
    const hasNil = this.elem.isPointer;
    const write = (s: Sink, v: unknown): void => {
      const entries = entriesOf(this, v);
      if (entries === null) throw unfit(this, v);
      descend(s);
      putUint(s, entries.size);
      for (const [k, item] of entries) {
        if (hasNil && item == null) throw new TypeError("gob: encodeReflectValue: nil element");
        s.room();
        key(s, k);
        s.room();
        elem(s, item);
      }
      s.depth--;
    };
    return {
      value: write,
      field: (s, v, delta) => {
        if (v === null) return false; // a nil map; one that is empty is sent
        putUint(s, delta);
        write(s, v);
        return true;
      },
    };
  }
  /** @internal */
  override makeReader(wires: Wires, id: number, name: string): ValueReader | null {
    const wire = wires.wire(id);
    if (wire?.kind !== "map") return null;
    const key = wires.reader(this.keys, wire.key, this.keys.builtinId === 0 ? `key of ${name}` : name);
    const elem = wires.reader(this.elem, wire.elem, this.elem.builtinId === 0 ? `element of ${name}` : name);
    const spread = wires.spreads(wire.key) || wires.spreads(wire.elem);
    return key && elem && ((s) => readEntries(s, key, elem, spread));
  }
  /** @internal */
  override wireType(ids: TypeIds, name: string): WireType {
    const key = ids.idOf(this.keys, "");
    return { kind: "map", name, key, elem: ids.idOf(this.elem, "") };
  }
}

/** Describes keys, which are strings in JSON: those that are numbers are digits. */
function keysOf({ builtinId }: Schema): JSONSchema {
  if (builtinId !== wireInt && builtinId !== wireUint) return {};
  return { propertyNames: { pattern: builtinId === wireInt ? "^-?[0-9]+$" : "^[0-9]+$" } };
}

const none: ReadonlyMap<unknown, unknown> = new Map();

function entriesOf(schema: MapSchema, v: unknown): ReadonlyMap<unknown, unknown> | null {
  if (v instanceof Map) return v;
  if (v === null) return none;
  const isRecord = typeof v === "object" && !Array.isArray(v) && schema.keys.builtinId === wireString;
  return isRecord && !ArrayBuffer.isView(v) ? new Map(Object.entries(v)) : null;
}

function readEntries(s: Source, key: ValueReader, elem: ValueReader, spread: boolean): Map<unknown, unknown> {
  const n = getUint(s);
  s.count(2 * n, spread);
  s.enter(mapBytes + entryBytes * n);
  const entries = new Map<unknown, unknown>();
  for (let i = 0; i < n; i++) entries.set(key(s), elem(s));
  s.depth--;
  return entries;
}

/**
 * Makes the schema of a map. It decodes to a `Map`, whose keys are as they come: those that are structs or arrays are
 * objects of their own.
 */
export function map<K extends Schema, V extends Schema>(keys: K, elem: V): MapSchema<K, V> {
  return new MapSchema(keys, elem);
}
