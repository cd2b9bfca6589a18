import { GoJSON } from "./json/form.js";
import type { JSONMethods } from "./json/types.js";
import { type Definitions, type JSONSchema, jsonSchemaOf } from "./json-schema.js";
import type { Sink } from "./sink.js";
import type { Source } from "./source.js";
import type { StandardIssue, StandardProps, StandardResult, StandardSchema } from "./standard.js";
import type { WireType } from "./wire-type.js";

/** Writes values of one type. @internal */
export interface Writers {
  /** Writes a value in full, as elements and keys are. */
  readonly value: (s: Sink, v: unknown) => void;
  /** Writes a field: its distance to the last one, and the value. Returns `false` for what Go leaves out. */
  readonly field: (s: Sink, v: unknown, delta: number) => boolean;
}

/** Reads values of one type. @internal */
export type ValueReader = (s: Source) => unknown;

/** What readers are made from: the types that a stream has defined. @internal */
export interface Wires {
  /** The definition of a type, if there is one. */
  wire(id: number): WireType | undefined;
  /** What to call a type in an error. */
  nameOf(id: number): string;
  /** Makes a reader of what has type `id` on the wire, or `null` if it does not fit. `name` is for errors of range. */
  reader(schema: Schema, id: number, name: string): ValueReader | null;
  /** Makes a function that reads past a value. */
  skipper(id: number): (s: Source) => void;
  /** Tells whether values may go on in later messages. */
  spreads(id: number): boolean;
}

/** Gives ids to types. @internal */
export interface TypeIds {
  idOf(schema: Schema, name: string): number;
}

/** Where a value is that is being checked, and what is wrong so far. @internal */
export interface Checking {
  readonly path: PropertyKey[];
  readonly issues: StandardIssue[];
  /** With so many issues it stops. */
  readonly most: number;
}

/** Ends a check that has found enough. */
class EnoughIssues extends Error {}

const deepestCheck = 1000;
const mostIssues = 100;

/**
 * Is a type of Go's: gives the TypeScript type, checks values, prints itself as Go does, and encodes and decodes.
 *
 * `T` is what is decoded, `I` what may be encoded: `T`, where it is not told. A schema never changes and may be shared by any number of streams.
 */
export abstract class Schema<T = unknown, I = unknown> implements StandardSchema<I, T> {
  /**
   * Validates as Standard Schema has it: issues name the path to what is wrong. The JSON Schema that it gives describes the
   * JSON that Go's encoding/json has for the type: bytes as base64, times as RFC 3339.
   */
  readonly "~standard": StandardProps<I, T> = {
    version: 1,
    vendor: "toolkit",
    validate: (value) => this.#validate(value),
    jsonSchema: jsonSchemaOf(this),
  };
  #writers: Writers | null = null;
  #isBuilding = false;
  #key: string | undefined;
  #json: GoJSON | null = null;

  /** Spells the type as Go does: `map[string]int`, or its name if it has one. */
  abstract toString(): string;

  /** Spells out what a named type is: `struct { A int; B int }`. That of a type without a name is the type itself. */
  get underlying(): string {
    return this.toString();
  }

  /** What a type identifier on the wire refers to, beyond pointers. @internal */
  get base(): Schema {
    return this;
  }
  /** The id of a type that needs no definition, or 0. @internal */
  get builtinId(): number {
    return 0;
  }
  /** The name of a type in Go, or nothing. @internal */
  get typeName(): string {
    return "";
  }
  /** Tells whether a value of this type is a struct on the wire. @internal */
  get isStruct(): boolean {
    return false;
  }
  /** Tells that this is Go's uint8, of which slices are bytes. @internal */
  get isByte(): boolean {
    return false;
  }
  /** Tells that this is a signed integer that has room for 31 bits. @internal */
  get isWideInt(): boolean {
    return false;
  }
  /** The names of the fields of a struct, as its parts stand. @internal */
  get fieldNames(): readonly string[] {
    return [];
  }
  /** Tells that this is a struct that is embedded in another. @internal */
  get isEmbedded(): boolean {
    return false;
  }
  /** How a type that encodes itself has its values in JSON. @internal */
  get ownJSON(): JSONMethods<unknown, unknown> | undefined {
    return undefined;
  }
  /** Reads and writes values as Go's encoding/json does. @internal */
  get json(): GoJSON {
    return (this.#json ??= new GoJSON(this));
  }
  /** Tells whether a struct has a field, be it of a struct that is embedded. @internal */
  hasField(_name: string): boolean {
    return false;
  }
  /** Tells that nil stands for a value, which cannot be sent as an element. @internal */
  get isPointer(): boolean {
    return false;
  }
  /** Tells that a field may be missing in what is encoded. @internal */
  get mayMiss(): boolean {
    return this.isPointer;
  }
  /** What {@link Schema.zero} takes in memory, about. @internal */
  get zeroBytes(): number {
    return 0;
  }

  /** What a field is that was not sent. @internal */
  abstract zero(): T;
  /** Tells whether one {@link Schema.zero} may serve for all. @internal */
  get isZeroShared(): boolean {
    return true;
  }
  /** Checks a value, and gives what it stands for. @internal */
  abstract check(v: unknown, c: Checking): T | undefined;
  /** Describes values as JSON Schema does. @internal */
  toJSONSchema(_d: Definitions): JSONSchema {
    return {};
  }
  /** @internal */
  protected abstract makeWriters(): Writers;
  /** Makes a reader for what has type `id` on the wire, or `null` if that does not fit. @internal */
  abstract makeReader(wires: Wires, id: number, name: string): ValueReader | null;
  /** Describes a type for the wire; `prepared` gives ids to those that it consists of. @internal */
  wireType(_ids: TypeIds, _name: string): WireType | null {
    return null;
  }
  /** The types that it consists of. @internal */
  get parts(): readonly Schema[] {
    return [];
  }
  /** Spells all that matters on the wire; `within` are the types around it. @internal */
  spell(_within: readonly Schema[]): string {
    return this.toString();
  }

  /** What {@link Schema.spell} gives, kept: types with the same key are one type. @internal */
  get key(): string {
    return (this.#key ??= this.spell([]));
  }

  /** Compiled when first needed. A recursive type meets itself here, and is then found by each call. @internal */
  get writers(): Writers {
    if (this.#writers !== null) return this.#writers;
    if (this.#isBuilding) return this.#writersLater();
    this.#isBuilding = true;
    try {
      return (this.#writers = this.makeWriters());
    } finally {
      this.#isBuilding = false;
    }
  }

  #writersLater(): Writers {
    return {
      value: (s, v) => this.writers.value(s, v),
      field: (s, v, delta) => this.writers.field(s, v, delta),
    };
  }

  #validate(value: unknown, most = mostIssues): StandardResult<T> {
    const c: Checking = { path: [], issues: [], most };
    try {
      const output = this.check(value, c);
      return c.issues.length > 0 ? { issues: c.issues } : { value: output as T };
    } catch (err) {
      if (err instanceof EnoughIssues) return { issues: c.issues };
      throw err;
    }
  }

  /** Finds the first thing that is wrong with a value. @internal */
  firstIssue(value: unknown): StandardIssue | undefined {
    return this.#validate(value, 1).issues?.[0];
  }
}

/** The type of what a schema decodes: `Infer<typeof Point>` is `{ X: number; Y: number }`. */
export type Infer<S extends Schema> = S extends StandardSchema<infer _I, infer T> ? T : never;

/** The type of what a schema encodes: wider, as `null` is an empty slice, and an integer may be a number or a bigint. */
export type InferInput<S extends Schema> =
  S extends StandardSchema<infer I, infer T> ? (unknown extends I ? T : I) : never;

/** Notes what is wrong here. @internal */
export function issue(c: Checking, message: string): undefined {
  c.issues.push({ message, path: [...c.path] });
  if (c.issues.length >= c.most) throw new EnoughIssues();
}

/** Checks what is one level down. @internal */
export function checkAt<T>(schema: Schema<T>, v: unknown, c: Checking, at: PropertyKey): T | undefined {
  if (c.path.length >= deepestCheck) return issue(c, `is nested deeper than ${deepestCheck}`);
  c.path.push(at);
  const output = schema.check(v, c);
  c.path.pop();
  return output;
}

/** Says what is not of a type. @internal */
export function unlike(schema: Schema | string, v: unknown): string {
  return `want ${String(schema)}, got ${describe(v)}`;
}

/** The error of a writer for a value that is not of its type. @internal */
export function unfit(schema: Schema | string, v: unknown): TypeError {
  return new TypeError(`gob: ${unlike(schema, v)}`);
}

function describe(v: unknown): string {
  if (v === null || v === undefined) return String(v);
  if (typeof v === "number") return Number.isInteger(v) ? "an integer" : String(v);
  if (typeof v !== "object") return typeof v;
  if (Array.isArray(v)) return "an array";
  const { name } = (v.constructor ?? Object) as { name?: unknown };
  return typeof name === "string" && name !== "Object" && name !== "" ? `a ${name}` : "an object";
}

/** Checks that there is a schema of ours, where another library's Standard Schema might be. @internal */
export function checkSchema(schema: unknown): void {
  if (!(schema instanceof Schema)) throw new TypeError("Schema is none of toolkit/gob");
}

/** Goes one level down while writing. @internal */
export function descend(s: Sink): void {
  if (++s.depth > s.maxDepth) throw new RangeError(`gob: value is nested deeper than ${s.maxDepth}, or within itself`);
}
