import type { AnySchema } from "../gob/any-schema.js";
import type { OpenAPISchema } from "./openapi-types.js";

/** Which side of a schema is meant: what it takes, or what it gives. */
export type Side = "input" | "output";

type Json = Readonly<Record<string, unknown>>;

const componentName = /^[A-Za-z0-9._-]{1,100}$/;
const prefix = "#/components/schemas/";

/** What a reference within a schema of its own leads to: the root is `""`. */
const localRef = /^#(?:\/(?:\$defs|definitions)\/([^/]+))?(\/.*)?$/;
/** The same, of parts that are named alike wherever they come from. */
const partRef = /^part:([^/]*)(.*)$/;

/** Gathers the schemas of a document: those that have a name, or are referred to, once. */
export class Components {
  /** All so far, by name. */
  readonly schemas: Record<string, OpenAPISchema> = {};
  /** By all that a schema consists of: what is alike is one. */
  readonly #names = new Map<string, string>();

  /** Gives a schema, or a reference to it; that of a vendor who does not tell takes anything. */
  of(schema: AnySchema, side: Side): OpenAPISchema {
    const { root, parts } = partsOf(schema, side);
    const isShared = root !== "" || refersTo(parts, root);
    return isShared ? this.#refer(root, parts) : this.#translate(parts.get(root) ?? {}, parts);
  }

  /** Gives a schema in place, for the sake of its properties. */
  inline(schema: AnySchema, side: Side): OpenAPISchema {
    const { root, parts } = partsOf(schema, side);
    const whole = parts.get(root) ?? {};
    const [, part = root] = partRef.exec(String(whole["$ref"])) ?? [];
    return this.#translate(parts.get(part) ?? whole, parts);
  }

  /** Adds a schema under a name. */
  add(name: string, schema: OpenAPISchema): OpenAPISchema {
    this.schemas[name] ??= schema;
    return { $ref: prefix + name };
  }

  #refer(part: string, parts: Parts): OpenAPISchema {
    const key = keyOf(part, parts);
    let name = this.#names.get(key);
    if (name === undefined) {
      name = this.#freeName(componentName.test(part) ? part : "Schema");
      this.#names.set(key, name);
      this.schemas[name] = {}; // the name is taken while it is made
      this.schemas[name] = this.#translate(parts.get(part) ?? {}, parts);
    }
    return { $ref: prefix + name };
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let n = 2; Object.hasOwn(this.schemas, name); n++) name = `${wanted}${n}`;
    return name;
  }

  /** Turns references to parts into references to components. */
  #translate(schema: Json, parts: Parts): OpenAPISchema {
    return mapRefs(schema, (ref) => {
      const [match, part = "", more = ""] = partRef.exec(ref) ?? [];
      return match === undefined ? ref : String(this.#refer(part, parts)["$ref"]) + more;
    }) as OpenAPISchema;
  }
}

/** A schema and its definitions, by name. */
type Parts = ReadonlyMap<string, Json>;

/** Takes a schema apart, so that what is alike looks alike: at the root, where it may have a title, and as a definition. */
function partsOf(schema: AnySchema, side: Side): { readonly root: string; readonly parts: Parts } {
  const whole = describe(schema, side);
  const definitions = { ...asJson(whole["$defs"]), ...asJson(whole["definitions"]) };
  const name = nameOf(whole) ?? "";
  const root = Object.hasOwn(definitions, name) ? "" : name;
  const toPart = (ref: string) => {
    const [match, part = root, more = ""] = localRef.exec(ref) ?? [];
    return match === undefined || (part !== root && !Object.hasOwn(definitions, part)) ? ref : `part:${part}${more}`;
  };
  const parts = Object.entries({ [root]: whole, ...definitions }).map(
    ([part, each]) => [part, mapRefs(bare(asJson(each), part), toPart) as Json] as const,
  );
  return { root, parts: new Map(parts) };
}

function asJson(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** Takes off what is said elsewhere. */
function bare(schema: Json, name: string): Json {
  const { $schema: _, $defs: _defs, definitions: _definitions, id: _id, $id: _own, title, ...rest } = schema;
  return title === undefined || title === name ? rest : { title, ...rest };
}

/** Asks the vendor; one that cannot describe a schema throws. */
function describe(schema: AnySchema, side: Side): Json {
  const { jsonSchema } = schema["~standard"] as {
    readonly jsonSchema?: Partial<Record<Side, (options: object) => unknown>>;
  };
  try {
    const described = jsonSchema?.[side]?.({ target: "draft-2020-12" });
    return isJson(described) ? described : {};
  } catch {
    return {};
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf({ id, title }: Json): string | undefined {
  return [id, title].find((name): name is string => typeof name === "string" && componentName.test(name));
}

/** All that a part consists of, spelled out. */
function keyOf(part: string, parts: Parts): string {
  const reached = new Set([part]);
  for (const each of reached) for (const other of refsOf(each, parts)) reached.add(other);
  return JSON.stringify([...reached].map((each) => [each, parts.get(each)]));
}

function refersTo(parts: Parts, part: string): boolean {
  return [...parts.keys()].some((each) => refsOf(each, parts).has(part));
}

function refsOf(part: string, parts: Parts): Set<string> {
  const refs = new Set<string>();
  mapRefs(parts.get(part), (ref) => {
    const [match, name = ""] = partRef.exec(ref) ?? [];
    if (match !== undefined) refs.add(name);
    return ref;
  });
  return refs;
}

/** What these hold is data, not schemas. */
const data = new Set(["const", "enum", "default", "examples", "example", "required"]);
/** What these hold is schemas by names, which may be any. */
const byName = new Set(["properties", "patternProperties", "dependentSchemas"]);

function mapRefs(value: unknown, change: (ref: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => mapRefs(each, change));
  if (!isJson(value)) return value;
  const entries = Object.entries(value).map(([keyword, each]) => {
    if (keyword === "$ref" && typeof each === "string") return [keyword, change(each)];
    if (byName.has(keyword)) return [keyword, mapValues(asJson(each), (schema) => mapRefs(schema, change))];
    return [keyword, data.has(keyword) ? each : mapRefs(each, change)];
  });
  return Object.fromEntries(entries) as unknown;
}

function mapValues(object: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
