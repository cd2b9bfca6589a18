import { DerivedSchemas } from "./derive.js";
import { corrupt, GobError, mismatch, overLimit } from "./errors.js";
import type { Limits } from "./limits.js";
import type { Schema, ValueReader, Wires } from "./schema.js";
import { getUint, type Source } from "./source.js";
import { shortName } from "./type-ids.js";
import { builtinNames, leastUserId, type WireType, wireInterface } from "./wire-type.js";
import { getWireType } from "./wire-type-reader.js";

/** A reader, which may still be on the way to be made. */
interface Cell {
  read: ValueReader | null;
}

/** So many types an error spells out. */
const mostSpelled = 20;

/** Knows the types that a stream has defined, and the readers that were made for them. */
export class StreamWires implements Wires {
  readonly #limits: Limits;
  readonly #types = new Map<number, WireType>();
  /** The ids in the order of their definition, for {@link StreamWires.rollback}. */
  readonly #order: number[] = [];
  readonly #readers = new Map<Schema, Map<number, Cell>>();
  readonly #tops = new Map<Schema, Map<number, ValueReader>>();
  readonly #spreading = new Map<number, boolean>();
  readonly #derived: DerivedSchemas;
  readonly #skip: (s: Source, id: number) => void;
  #typeBytes = 0;
  #depth = 0;

  /** `skip` reads past a value of a type. */
  constructor(limits: Limits, skip: (s: Source, id: number) => void) {
    this.#limits = limits;
    this.#skip = skip;
    this.#derived = new DerivedSchemas((id) => this.wire(id), limits.maxDepth);
  }

  wire(id: number): WireType | undefined {
    return this.#types.get(id);
  }

  nameOf(id: number): string {
    return this.#spell(id, new Set());
  }

  /** Spells a type as Go does in errors; one that is met again, by its name. */
  #spell(id: number, seen: Set<number>): string {
    const wire = this.wire(id);
    if (wire === undefined) return builtinNames[id] ?? "unknown type";
    if (seen.has(id) || seen.size >= mostSpelled) return wire.name;
    seen.add(id);
    switch (wire.kind) {
      case "struct":
        return `${wire.name} = struct { ${wire.fields.map((f) => `${f.name} ${this.#spell(f.id, seen)}; `).join("")}}`;
      case "map":
        return `map[${this.#spell(wire.key, seen)}]${this.#spell(wire.elem, seen)}`;
      case "slice":
        return `[]${this.#spell(wire.elem, seen)}`;
      case "array":
        return `[${wire.length}]${this.#spell(wire.elem, seen)}`;
      case "opaque":
        return wire.name;
    }
  }

  /** Reads the definition of type `id`. */
  define(s: Source, id: number): void {
    if (!(id >= leastUserId) || this.#types.has(id)) throw corrupt("duplicate type received");
    const { maxTypes, maxTypeBytes } = this.#limits;
    if (this.#types.size >= maxTypes) throw overLimit(`stream has more than ${maxTypes} types`);
    const at = s.pos;
    const wire = getWireType(s);
    if ((this.#typeBytes += s.pos - at) > maxTypeBytes) throw overLimit(`types take more than ${maxTypeBytes} bytes`);
    this.#types.set(id, wire);
    this.#order.push(id);
  }

  /** Where {@link StreamWires.rollback} goes back to. */
  get mark(): number {
    return this.#order.length;
  }

  /** Forgets what was defined since `mark`: the same definitions will be read again. */
  rollback(mark: number): void {
    for (const id of this.#order.splice(mark)) this.#types.delete(id);
  }

  reader(schema: Schema, id: number, name: string): ValueReader | null {
    if (schema.builtinId !== 0) return schema.makeReader(this, id, name);
    const cells = entry(this.#readers, schema);
    const known = cells.get(id);
    if (known !== undefined) return known.read ?? ((s) => known.read?.(s));
    if (this.#depth >= this.#limits.maxDepth) throw overLimit(`type is nested deeper than ${this.#limits.maxDepth}`);
    const cell: Cell = { read: null };
    cells.set(id, cell);
    this.#depth++;
    try {
      cell.read = schema.makeReader(this, id, name);
    } finally {
      this.#depth--;
      if (cell.read === null) this.#readers.clear(); // of what was made with it in view, too
    }
    return cell.read;
  }

  /** Makes a reader of a value that stands by itself, or says in Go's words why it does not fit. */
  topReader(schema: Schema, id: number, pointer: string): ValueReader {
    const tops = entry(this.#tops, schema);
    let read = tops.get(id);
    if (read === undefined) {
      this.#depth = 0;
      read = this.#makeTop(schema, id, pointer);
      tops.set(id, read);
    }
    return read;
  }

  #makeTop(schema: Schema, id: number, pointer: string): ValueReader {
    if (builtinNames[id] === undefined && !this.#types.has(id)) throw unknownType();
    const name = this.#derived.has(schema, id) ? "value" : pointer + schema.toString(); // a peer's may be endless
    const read = this.reader(schema, id, name);
    if (read === null) throw this.#unlike(schema, id, name);
    if (schema.isStruct) return this.#matching(schema, id, read);
    return (s) => {
      if (getUint(s) !== 0) throw corrupt("decode: corrupted data: non-zero delta for singleton");
      return read(s);
    };
  }

  #unlike(schema: Schema, id: number, name: string): GobError {
    const remote = this.nameOf(id);
    return schema.builtinId === wireInterface
      ? mismatch(
          `local interface type ${name} can only be decoded from remote interface type; received concrete type ${remote}`,
        )
      : mismatch(`decoding into local type ${name}, received remote type ${remote}`);
  }

  /** A struct of which no field is known is a mistake, as Go has it. */
  #matching(schema: Schema, id: number, read: ValueReader): ValueReader {
    const wire = this.wire(id);
    const fields = wire?.kind === "struct" ? wire.fields : [];
    const own = schema.base.parts.length;
    const matches = own === 0 || fields.length === 0 || fields.some(({ name }) => schema.base.hasField(name));
    if (matches) return read;
    throw mismatch(`type mismatch: no fields matched compiling decoder for ${shortName(schema.base.typeName)}`);
  }

  /** The schema of a type, for who has none. */
  derive(id: number): Schema {
    return this.#derived.of(id);
  }

  skipper(id: number): (s: Source) => void {
    if (builtinNames[id] === undefined && !this.#types.has(id)) throw corrupt(`bad data: undefined type ${id}`);
    return (s) => this.#skip(s, id);
  }

  spreads(id: number): boolean {
    const known = this.#spreading.get(id);
    if (known !== undefined) return known;
    const seen = new Set([id]);
    let isSure = true;
    for (const next of seen) {
      if (next === wireInterface || this.#spreading.get(next) === true) {
        this.#spreading.set(id, true);
        return true;
      }
      const wire = this.wire(next);
      if (wire !== undefined) for (const part of partsOf(wire)) seen.add(part);
      else if (builtinNames[next] === undefined) isSure = false;
    }
    if (isSure) for (const next of seen) this.#spreading.set(next, false);
    return false;
  }
}

function partsOf(wire: WireType): readonly number[] {
  switch (wire.kind) {
    case "struct":
      return wire.fields.map((field) => field.id);
    case "map":
      return [wire.key, wire.elem];
    case "slice":
    case "array":
      return [wire.elem];
    case "opaque":
      return [];
  }
}

function unknownType(): GobError {
  return new GobError("ERR_GOB_TYPE", "gob: unknown type id or corrupted data");
}

function entry<K, V>(maps: Map<K, Map<number, V>>, key: K): Map<number, V> {
  let inner = maps.get(key);
  if (inner === undefined) maps.set(key, (inner = new Map<number, V>()));
  return inner;
}
