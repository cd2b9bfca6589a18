import type { Schema, TypeIds } from "./schema.js";
import type { Sink } from "./sink.js";
import { firstUserId } from "./wire-type.js";
import { putDefinition } from "./wire-type-writer.js";

/** A type that has an id on this stream. */
interface Entry {
  id: number;
  readonly name: string;
  isSent: boolean;
}

/**
 * Knows the types of one direction of a stream: gives them ids in the order in which Go does, and sends each definition
 * once, a type before those that it consists of.
 */
export class StreamTypes implements TypeIds {
  /** What is needed to write a value: the id of its type, of which all definitions have been sent. */
  readonly #ready = new Map<Schema, number>();
  /** What was written last is mostly what is written next. */
  #lastSchema: Schema | null = null;
  #lastId = 0;
  readonly #entries = new Map<string, Entry>();
  #next = firstUserId;
  /** What {@link StreamTypes.rollback} takes back. */
  #fresh: Entry[] = [];
  #freshReady: Schema[] = [];

  /** Gives the id of a type, after its definitions are written to `out` where they are new. */
  send(schema: Schema, out: Sink): number {
    if (schema === this.#lastSchema) return this.#lastId;
    const known = this.#ready.get(schema);
    const id = known ?? this.#sendNew(schema, out);
    this.#lastSchema = schema;
    this.#lastId = id;
    return id;
  }

  #sendNew(schema: Schema, out: Sink): number {
    const id = this.idOf(schema, shortName(schema.base.typeName));
    this.#define(schema.base, out);
    this.#ready.set(schema, id);
    this.#freshReady.push(schema);
    return id;
  }

  /** Takes all for sent that {@link StreamTypes.send} wrote. */
  commit(): void {
    if (this.#freshReady.length === 0) return;
    this.#fresh = [];
    this.#freshReady = [];
  }

  /** Takes nothing for sent that {@link StreamTypes.send} wrote since the last commit: the bytes are thrown away. */
  rollback(): void {
    for (const entry of this.#fresh) entry.isSent = false;
    this.#lastSchema = null;
    for (const schema of this.#freshReady) this.#ready.delete(schema);
    this.#fresh = [];
    this.#freshReady = [];
  }

  /** Gives an id: structs before their fields, others after what they consist of, as Go does for history's sake. */
  idOf(schema: Schema, name: string): number {
    const { base } = schema;
    if (base.builtinId !== 0) return base.builtinId;
    const { key } = base;
    const known = this.#entries.get(key);
    if (known !== undefined) return (known.id ||= this.#next++); // a recursive slice or map meets itself
    const entry: Entry = { id: base.isStruct ? this.#next++ : 0, name: shortName(name), isSent: false };
    this.#entries.set(key, entry);
    base.wireType(this, entry.name);
    return (entry.id ||= this.#next++);
  }

  #define(base: Schema, out: Sink): void {
    const entry = this.#entries.get(base.key);
    if (entry === undefined || entry.isSent) return;
    const wire = base.wireType(this, entry.name);
    if (wire === null) return;
    entry.isSent = true;
    this.#fresh.push(entry);
    putDefinition(out, entry.id, wire);
    for (const part of base.parts) this.#define(part.base, out);
  }
}

/** Types go by their name without the package. */
export function shortName(name: string): string {
  return /^\*?[\w./-]+$/.test(name) ? name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("*")) + 1) : name;
}
