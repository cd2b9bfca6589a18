import { checkSchema, type Schema, type TypeIds } from "./schema.js";
import type { Sink } from "./sink.js";
import { firstUserId } from "./wire-type.js";
import { putDefinition } from "./wire-type-writer.js";

/** A type that has an id on this stream. */
interface Entry {
  id: number;
  readonly name: string;
  isSent: boolean;
}

/** What it takes to write values of a type. */
export interface Ready {
  readonly schema: Schema;
  /** The id as it stands before a value: an int. */
  readonly head: number;
  /** Whether no zero stands before a value that stands by itself. */
  readonly isStruct: boolean;
  readonly write: (s: Sink, v: unknown) => void;
}

/**
 * Knows the types of one direction of a stream: gives them ids in the order in which Go does, and sends each definition
 * once, a type before those that it consists of.
 */
export class StreamTypes implements TypeIds {
  /** The types of which all definitions have been sent. A schema that its owner has let go is not kept alive. */
  readonly #ready = new WeakMap<Schema, Ready>();
  /** What was written last, or before that, is mostly what is written next: a header, or its body. */
  #last: Ready | null = null;
  #beforeLast: Ready | null = null;
  readonly #entries = new Map<string, Entry>();
  #next = firstUserId;
  /** What {@link StreamTypes.rollback} takes back. */
  #fresh: Entry[] = [];
  #freshReady: Schema[] = [];

  /** Gives what it takes to write a value, after the definitions of its type are written to `out` where they are new. */
  send(schema: Schema, out: Sink): Ready {
    if (this.#last?.schema === schema) return this.#last;
    const found = this.#beforeLast?.schema === schema ? this.#beforeLast : this.#ready.get(schema);
    const ready = found ?? this.#sendNew(schema, out);
    this.#beforeLast = this.#last;
    return (this.#last = ready);
  }

  #sendNew(schema: Schema, out: Sink): Ready {
    checkSchema(schema);
    const id = this.idOf(schema, shortName(schema.base.typeName));
    this.#define(schema.base, out);
    const ready = { schema, head: id << 1, isStruct: schema.isStruct, write: schema.writers.value };
    this.#ready.set(schema, ready);
    this.#freshReady.push(schema);
    return ready;
  }

  /** Tells whether something was sent since the last commit. */
  get hasNews(): boolean {
    return this.#freshReady.length > 0;
  }

  /** Takes all for sent that {@link StreamTypes.send} wrote. */
  commit(): void {
    this.#fresh = [];
    this.#freshReady = [];
  }

  /** Takes nothing for sent that {@link StreamTypes.send} wrote since the last commit: the bytes are thrown away. */
  rollback(): void {
    for (const entry of this.#fresh) entry.isSent = false;
    this.#last = this.#beforeLast = null;
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
