import type { Schema } from "../../gob/schema.js";
import { EmbeddedSchema } from "../../gob/struct.js";

/** Gives what stands for a value in JSON. */
type Change = (value: unknown) => unknown;

/** A field of a struct, and how its values change. */
interface Field {
  readonly name: string;
  readonly isEmbedded: boolean;
  readonly change: Change | null;
}

/**
 * Changes values of `toolkit/gob`'s types where Go's JSON is built in another way than they are: the fields of an embedded
 * struct stand among those of the outer one, and an array of bytes, other than a slice, is a list of numbers.
 */
export class Promoter {
  readonly #changes = new WeakMap<Schema, Change | null>();

  /** Gives what stands for a value of this type: itself, for most types. Changes nothing within it. */
  promote(value: unknown, schema: Schema): unknown {
    const change = this.#change(schema);
    return change === null ? value : change(value);
  }

  /** `null` for a type whose values stay as they are. */
  #change(schema: Schema): Change | null {
    const known = this.#changes.get(schema);
    if (known !== undefined) return known;
    // A type may contain itself: it is found here while it is being looked at.
    this.#changes.set(schema, (value) => this.promote(value, schema));
    const made = this.#compile(schema.base);
    const change: Change | null = made && ((value) => (value === null || value === undefined ? value : made(value)));
    this.#changes.set(schema, change);
    return change;
  }

  #compile(type: Schema): Change | null {
    if (type.builtinId !== 0) return null;
    const parts: Schema[] = [];
    const wire = type.wireType({ idOf: (part) => parts.push(part) - 1 }, "");
    switch (wire?.kind) {
      case "struct":
        return this.#struct(wire.fields.map(({ name }, i) => this.#field(name, parts[i] as Schema)));
      case "map":
        return changeMap(this.#change(parts[1] as Schema));
      case "array":
        if ((parts[0] as Schema).isByte) return (value) => Array.from(value as ArrayLike<number>);
        return changeList(this.#change(parts[0] as Schema));
      case "slice":
        return changeList(this.#change(parts[0] as Schema));
      case "opaque":
      case undefined:
        return null;
    }
  }

  #field(name: string, schema: Schema): Field {
    return { name, isEmbedded: schema instanceof EmbeddedSchema, change: this.#change(schema) };
  }

  #struct(fields: readonly Field[]): Change | null {
    if (fields.every(({ isEmbedded, change }) => !isEmbedded && change === null)) return null;
    const inner = fields.filter(({ isEmbedded }) => isEmbedded);
    const own = fields.filter(({ isEmbedded }) => !isEmbedded);
    return (value) => {
      const output: Record<string, unknown> = {};
      for (const field of inner) Object.assign(output, changed(field, value));
      for (const field of own) output[field.name] = changed(field, value);
      return output;
    };
  }
}

function changed({ name, change }: Field, struct: unknown): unknown {
  const value = (struct as Record<string, unknown>)[name];
  return change === null ? value : change(value);
}

function changeMap(change: Change | null): Change | null {
  if (change === null) return null;
  return (value) => {
    const entries = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value as object);
    return new Map(entries.map(([key, item]) => [key, change(item)]));
  };
}

function changeList(change: Change | null): Change | null {
  return change && ((value) => Array.from(value as ArrayLike<unknown>, change));
}
