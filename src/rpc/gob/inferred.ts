import { infer, type Schema } from "../../gob/index.js";
import { EncodeError } from "../errors.js";

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
 * so many on a connection, as each is kept for as long as that lasts.
 */
export class InferredTypes {
  readonly #types = new Map<string, Schema>();
  /** Of the objects that came last: most look like one of them, and need not be looked at again. */
  readonly #shapes: Shape[] = [];

  /** @throws {EncodeError} for a value that Go has no type for */
  of(value: unknown): Schema {
    if (typeof value !== "object" || value === null) return inferred(value);
    for (const shape of this.#shapes) if (looksLike(value, shape)) return shape.schema;
    const schema = this.#canonical(inferred(value));
    this.#remember(value, schema);
    return schema;
  }

  #canonical(schema: Schema): Schema {
    if (schema.builtinId !== 0) return schema;
    const known = this.#types.get(schema.key);
    if (known !== undefined) return known;
    if (this.#types.size >= maxTypes) {
      throw new EncodeError(`gob: more than ${maxTypes} types of values without a schema`);
    }
    this.#types.set(schema.key, schema);
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

function inferred(value: unknown): Schema {
  try {
    return infer(value);
  } catch (err) {
    throw new EncodeError(err instanceof Error ? err.message : "gob: cannot encode", { cause: err });
  }
}
