import { infer } from "./infer.js";
import type { Schema } from "./schema.js";

const maxTypes = 4096;
const maxShapes = 8;

/** What is known of objects that look alike: which fields they have, and of which kinds. */
interface Shape {
  readonly prototype: unknown;
  readonly names: readonly string[];
  readonly kinds: readonly Kind[];
  readonly schema: Schema;
}

/** The kinds of values that need no closer look: all of one kind have one type. */
type Kind = "int" | "float" | "string" | "boolean" | "other";

/**
 * Finds the types of values that have no schema: the same type for all values that are alike, of which there can be only
 * so many on a stream, as each is kept for as long as that lasts.
 */
export class InferredTypes {
  readonly #types = new Map<string, Schema>();
  /** Of the objects that came last: most look like one of them, and need not be looked at again. */
  readonly #shapes: Shape[] = [];

  /** @throws {TypeError} {@link RangeError} for a value that Go has no type for, and for a type too many */
  of(value: unknown): Schema {
    if (typeof value !== "object" || value === null) return infer(value);
    for (const shape of this.#shapes) if (looksLike(value, shape)) return shape.schema;
    const schema = this.#canonical(infer(value));
    this.#remember(value, schema);
    return schema;
  }

  #canonical(schema: Schema): Schema {
    if (schema.builtinId !== 0) return schema;
    const key = schema.key + pointersOf(schema);
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    if (this.#types.size >= maxTypes)
      throw new RangeError(`gob: more than ${maxTypes} types of values without a schema`);
    this.#types.set(key, schema);
    return schema;
  }

  #remember(value: object, schema: Schema): void {
    if (!schema.isStruct) return;
    const kinds = Object.values(value).map(kindOf);
    if (kinds.includes("other")) return;
    if (this.#shapes.length === maxShapes) this.#shapes.pop();
    this.#shapes.unshift({ prototype: Object.getPrototypeOf(value), names: Object.keys(value), kinds, schema });
  }
}

/** What the key leaves out, as it does not matter on the wire: which fields may be missing. */
function pointersOf(schema: Schema): string {
  return (schema.isPointer ? "*" : ".") + schema.base.parts.map(pointersOf).join("");
}

function looksLike(value: object, { prototype, names, kinds }: Shape): boolean {
  if (Object.getPrototypeOf(value) !== prototype) return false;
  let at = 0;
  for (const name in value) {
    if (name !== names[at] || kindOf((value as Record<string, unknown>)[name]) !== kinds[at]) return false;
    at++;
  }
  return at === names.length;
}

function kindOf(value: unknown): Kind {
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? "int" : "float";
  return typeof value === "string" || typeof value === "boolean" ? (typeof value as "string" | "boolean") : "other";
}
