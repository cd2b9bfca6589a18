import { GobError } from "../errors.js";
import type { StandardIssue, StandardResult } from "../standard.js";
import { wireFloat, wireInt, wireUint } from "../wire-type.js";
import { type Read, readOf } from "./reader.js";
import type { JSONForm, JSONType, Reading, Writing } from "./types.js";
import { type Write, writeOf } from "./writer.js";

/** As deep as JSON may nest, where a type contains itself. */
const deepest = 1000;
const mostIssues = 100;

/** Reads and writes the values of a type as Go's encoding/json does. It is compiled when it is first needed. @internal */
export class GoJSON implements JSONForm {
  readonly #type: JSONType;
  #read: Read | null = null;
  #write: Write | null = null;

  constructor(type: JSONType) {
    this.#type = type;
  }

  read(value: unknown, c: Reading): unknown {
    return (this.#read ??= readOf(this.#type))(value, c);
  }

  write(value: unknown, c: Writing): unknown {
    return (this.#write ??= writeOf(this.#type))(value, c);
  }

  /** Gives the value that JSON stands for, or all that is wrong with it. With `isText`, all in it may be text. */
  check(json: unknown, isText = false, most: number = mostIssues): StandardResult<unknown> {
    const c = new Reader(isText, most);
    try {
      const value = this.read(json, c);
      return c.issues.length > 0 ? { issues: c.issues } : { value };
    } catch (err) {
      if (err instanceof EnoughIssues) return { issues: c.issues };
      throw err;
    }
  }

  /** @throws {GobError} with the path, in Go's words */
  fromJSON(json: unknown): unknown {
    const { issues, ...result } = this.check(json, false, 1) as { value?: unknown; issues?: readonly StandardIssue[] };
    const [first] = issues ?? [];
    if (first === undefined) return result.value;
    throw new GobError("ERR_GOB_TYPE", first.message, undefined, first.path);
  }

  /**
   * Gives what {@link formatJSON} makes text of: bytes are bytes still.
   * @throws {TypeError} for what is no value of the type, with its place
   */
  toJSON(value: unknown, maxDepth: number = deepest): unknown {
    return this.write(value, new Writer(this.#type, maxDepth));
  }
}

/** Ends a check that has found enough. */
class EnoughIssues extends Error {}

class Reader implements Reading {
  readonly isText: boolean;
  readonly issues: StandardIssue[] = [];
  readonly #most: number;
  readonly #path: PropertyKey[] = [];
  /** What Go calls the place: the outermost struct, and the fields from there. */
  #struct = "";
  readonly #fields: string[] = [];
  readonly #found: StandardIssue[] = [];
  readonly #checks = { path: [], issues: this.#found, most: 2 };

  constructor(isText: boolean, most: number) {
    this.isText = isText;
    this.#most = most;
  }

  checked(type: JSONType, value: unknown): unknown {
    const output = type.check(value, this.#checks);
    if (this.#found.length === 0) return output;
    this.#found.length = 0;
    return this.mismatch(type, value);
  }

  mismatch(type: JSONType, value: unknown): undefined {
    this.unlike(type, describe(value, type));
  }

  unlike(type: JSONType, what: string): undefined {
    const place = this.#fields.length === 0 ? "value" : `struct field ${[this.#struct, ...this.#fields].join(".")}`;
    this.#tell(`cannot unmarshal ${what} into Go ${place} of type ${nameOf(type)}`);
  }

  within(form: JSONForm, value: unknown, at: PropertyKey, struct?: string, field?: string): unknown {
    if (this.#path.length >= deepest) return this.#tell(`exceeded max depth`);
    this.#path.push(at);
    if (field === undefined) return this.#leave(form.read(value, this));
    if (this.#fields.length === 0) this.#struct = struct ?? "";
    this.#fields.push(field);
    const output = form.read(value, this);
    this.#fields.pop();
    return this.#leave(output);
  }

  #leave(output: unknown): unknown {
    this.#path.pop();
    return output;
  }

  #tell(message: string): undefined {
    this.issues.push({ message: `json: ${message}`, path: [...this.#path] });
    if (this.issues.length >= this.#most) throw new EnoughIssues();
  }
}

class Writer implements Writing {
  readonly #type: JSONType;
  readonly #maxDepth: number;
  readonly #path: PropertyKey[] = [];
  readonly #found: StandardIssue[] = [];
  readonly #checks = { path: [], issues: this.#found, most: 2 };

  constructor(type: JSONType, maxDepth: number) {
    this.#type = type;
    this.#maxDepth = maxDepth;
  }

  checked(type: JSONType, value: unknown): unknown {
    const output = type.check(value, this.#checks);
    const [first] = this.#found;
    return first === undefined ? output : this.refuse(first.message);
  }

  refuse(message: string): never {
    const place = this.#path.length === 0 ? "" : `${pathText(this.#type, this.#path)}: `;
    throw new TypeError(`json: ${place}${message}`);
  }

  within(form: JSONForm, value: unknown, at: PropertyKey): unknown {
    this.#path.push(at);
    if (this.#path.length >= this.#maxDepth) {
      throw new TypeError("json: unsupported value: nested too deep, or within itself");
    }
    const output = form.write(value, this);
    this.#path.pop();
    return output;
  }
}

function pathText(type: JSONType, path: readonly PropertyKey[]): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^\p{Lu}/u.test(String(step)) ? `.${String(step)}` : `[${JSON.stringify(String(step))}]`;
  });
  return (type.base.typeName || "value") + steps.join("");
}

/** A type without a name that contains itself cannot be spelled. */
function nameOf(type: JSONType): string {
  try {
    return type.toString();
  } catch {
    return type.isStruct ? "struct" : "value";
  }
}

/** Go shows a number only where it is of the right kind. */
function describe(value: unknown, { builtinId }: JSONType): string {
  const isNumeric = builtinId === wireInt || builtinId === wireUint || builtinId === wireFloat;
  if (typeof value === "number" || typeof value === "bigint") return isNumeric ? `number ${value}` : "number";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "object") return Array.isArray(value) ? "array" : value === null ? "null" : "object";
  return typeof value;
}
