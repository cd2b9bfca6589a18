/** A JSON Schema: keywords and their values. */
export type JSONSchema = Readonly<Record<string, unknown>>;

/** What a JSON Schema is asked for with. */
export interface JSONSchemaOptions {
  /** The dialect: `"draft-2020-12"`, which is OpenAPI 3.1's, or `"draft-07"`. */
  readonly target: string;
}

/**
 * Gives JSON Schemas: the part of Standard Schema that does.
 * @see {@link https://standardschema.dev/json-schema | Standard JSON Schema}
 */
export interface StandardJSONSchema {
  /**
   * Describes what may be encoded.
   * @throws {TypeError} for a dialect that it does not speak
   */
  readonly input: (options: JSONSchemaOptions) => Record<string, unknown>;
  /**
   * Describes what is decoded.
   * @throws {TypeError} for a dialect that it does not speak
   */
  readonly output: (options: JSONSchemaOptions) => Record<string, unknown>;
}

/** What can be described. @internal */
export interface Described {
  toJSONSchema(d: Definitions): JSONSchema;
}

/** Where a dialect keeps definitions, and what it calls itself. */
const dialects: ReadonlyMap<string, { readonly keyword: string; readonly $schema: string }> = new Map([
  ["draft-2020-12", { keyword: "$defs", $schema: "https://json-schema.org/draft/2020-12/schema" }],
  ["draft-07", { keyword: "definitions", $schema: "http://json-schema.org/draft-07/schema#" }],
]);

/** Gives each type that has a name, or contains itself, one definition. @internal */
export class Definitions {
  /** Whether it is what may be encoded that is described, which is more than what is decoded. */
  readonly isInput: boolean;
  readonly #keyword: string;
  readonly #root: Described;
  #hasBegun = false;
  readonly #names = new Map<Described, string>();
  readonly #schemas = new Map<string, JSONSchema>();
  readonly #underWay = new Set<Described>();

  constructor(root: Described, keyword: string, isInput: boolean) {
    this.#root = root;
    this.#keyword = keyword;
    this.isInput = isInput;
  }

  /** All that were needed. */
  get all(): JSONSchema {
    if (this.#schemas.size === 0) return {};
    return { [this.#keyword]: Object.fromEntries(this.#schemas) };
  }

  /** Describes a type: in place if it is the root or has no name, else by a reference to its definition. */
  describe(type: Described, name: string, make: () => JSONSchema): JSONSchema {
    if (type === this.#root) return this.#describeRoot(name, make);
    const known = this.#names.get(type);
    if (known !== undefined) return this.#refer(known);
    if (name !== "" || this.#underWay.has(type)) {
      const own = this.#freeName(name || "struct");
      this.#names.set(type, own);
      return name === "" ? this.#refer(own) : this.#define(own, make());
    }
    this.#underWay.add(type);
    const schema = make();
    this.#underWay.delete(type);
    const given = this.#names.get(type); // it has met itself
    return given === undefined ? schema : this.#define(given, schema);
  }

  #describeRoot(name: string, make: () => JSONSchema): JSONSchema {
    if (this.#hasBegun) return { $ref: "#" };
    this.#hasBegun = true;
    return name === "" ? make() : { title: name, ...make() };
  }

  #define(name: string, schema: JSONSchema): JSONSchema {
    this.#schemas.set(name, schema);
    return this.#refer(name);
  }

  #refer(name: string): JSONSchema {
    return { $ref: `#/${this.#keyword}/${name}` };
  }

  #freeName(wanted: string): string {
    const taken = new Set(this.#names.values());
    const plain = wanted.replace(/[^\w.-]/g, "_");
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}${n}`;
    return name;
  }
}

/** Makes what a schema has under `~standard.jsonSchema`. @internal */
export function jsonSchemaOf(root: Described): StandardJSONSchema {
  const describe = (target: string, isInput: boolean): Record<string, unknown> => {
    const dialect = dialects.get(target);
    if (dialect === undefined) throw new TypeError(`Dialect ${target} of JSON Schema is not known`);
    const definitions = new Definitions(root, dialect.keyword, isInput);
    const schema = root.toJSONSchema(definitions);
    return { $schema: dialect.$schema, ...schema, ...definitions.all };
  };
  return {
    input: ({ target }) => describe(target, true),
    output: ({ target }) => describe(target, false),
  };
}

/** Describes what may be nil as well. @internal */
export function orNull(schema: JSONSchema): JSONSchema {
  const { type } = schema;
  return typeof type === "string" ? { ...schema, type: [type, "null"] } : { anyOf: [schema, { type: "null" }] };
}
