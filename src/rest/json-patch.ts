import { Problem } from "./problem.js";

/** As many values may be copied and compared in all: a patch that copies a copy grows as fast as it likes. */
const maxValues = 200_000;
/** What is copied or compared nests as deep. */
const maxDepth = 1000;

/** One operation, as it came. */
interface Operation {
  readonly op: string;
  readonly path: readonly string[];
  readonly from: readonly string[];
  readonly value: unknown;
}

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  add: ["value"],
  replace: ["value"],
  test: ["value"],
  remove: [],
  move: ["from"],
  copy: ["from"],
};

/**
 * Applies a JSON Patch to a copy of `target`, all of it or nothing.
 * @throws {Problem} 400 (it is none), 409 (a test fails), 422 (it does not fit the target)
 * @see {@link https://www.rfc-editor.org/rfc/rfc6902 | RFC 6902}
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw malformed("it is not an array");
  const document = new Document(structuredClone(target));
  for (const [i, operation] of patch.entries()) document.apply(readOperation(operation, i), i);
  return document.root;
}

function readOperation(operation: unknown, i: number): Operation {
  if (typeof operation !== "object" || operation === null) throw malformed(`operation ${i} is no object`);
  const members = operation as Record<string, unknown>;
  const op = Object.hasOwn(members, "op") ? members["op"] : undefined;
  const fields = typeof op === "string" && Object.hasOwn(fieldsOf, op) ? fieldsOf[op] : undefined;
  if (typeof op !== "string" || fields === undefined) throw malformed(`operation ${i} is not known`);
  for (const field of ["path", ...fields]) {
    if (!Object.hasOwn(members, field)) throw malformed(`operation ${i} has no ${field}`);
  }
  const from = fields.includes("from") ? readPointer(members["from"], i) : [];
  return { op, path: readPointer(members["path"], i), from, value: members["value"] };
}

function readPointer(text: unknown, i: number): readonly string[] {
  if (typeof text !== "string" || !/^(?:\/(?:[^/~]|~[01])*)*$/.test(text))
    throw malformed(`operation ${i} has no JSON Pointer`);
  const tokens = text.split("/").slice(1);
  return tokens.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A document that is being patched. */
class Document {
  root: unknown;
  #budget = maxValues;
  #operation = 0;

  constructor(root: unknown) {
    this.root = root;
  }

  apply({ op, path, from, value }: Operation, index: number): void {
    this.#operation = index;
    if (op === "add") this.#add(path, value);
    else if (op === "remove") this.#remove(path);
    else if (op === "replace") this.#replace(path, value);
    else if (op === "copy") this.#add(path, this.#copy(this.#get(from)));
    else if (op === "move") this.#move(from, path);
    else if (!this.#equals(this.#get(path), value)) throw this.#failed(409, "the test fails");
  }

  #get(path: readonly string[]): unknown {
    let value = this.root;
    for (const key of path) value = this.#member(value, key);
    return value;
  }

  #member(parent: unknown, key: string): unknown {
    if (Array.isArray(parent)) return parent[this.#index(key, parent.length - 1)] as unknown;
    return this.#own(parent, key)[key];
  }

  /** Gives an object that has this member. */
  #own(parent: unknown, key: string): Record<string, unknown> {
    const isThere = typeof parent === "object" && parent !== null && Object.hasOwn(parent, key);
    if (!isThere) throw this.#failed(422, "there is no such place");
    return parent as Record<string, unknown>;
  }

  #index(key: string, last: number): number {
    const index = /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
    if (index < 0 || index > last) throw this.#failed(422, "there is no such index");
    return index;
  }

  #add(path: readonly string[], value: unknown): void {
    const key = path.at(-1);
    if (key === undefined) return void (this.root = value);
    const parent = this.#get(path.slice(0, -1));
    if (Array.isArray(parent)) {
      parent.splice(key === "-" ? parent.length : this.#index(key, parent.length), 0, value);
    } else if (typeof parent === "object" && parent !== null) {
      Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
    } else {
      throw this.#failed(422, "there is no such place");
    }
  }

  #remove(path: readonly string[]): void {
    const key = path.at(-1);
    if (key === undefined) throw this.#failed(422, "the whole document cannot be removed");
    const parent = this.#get(path.slice(0, -1));
    if (Array.isArray(parent)) parent.splice(this.#index(key, parent.length - 1), 1);
    else delete this.#own(parent, key)[key];
  }

  #replace(path: readonly string[], value: unknown): void {
    const key = path.at(-1);
    if (key === undefined) return void (this.root = value);
    const parent = this.#get(path.slice(0, -1));
    if (Array.isArray(parent)) parent[this.#index(key, parent.length - 1)] = value;
    else this.#own(parent, key)[key] = value;
  }

  #move(from: readonly string[], path: readonly string[]): void {
    const isInside = from.length < path.length && from.every((key, i) => key === path[i]);
    if (isInside) throw this.#failed(422, "a value cannot be moved into itself");
    const value = this.#get(from);
    if (from.length === path.length && from.every((key, i) => key === path[i])) return;
    this.#remove(from);
    this.#add(path, value);
  }

  #copy(value: unknown, depth = 0): unknown {
    this.#spend(depth);
    if (Array.isArray(value)) return value.map((item) => this.#copy(item, depth + 1));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#copy(item, depth + 1)]));
  }

  #equals(one: unknown, other: unknown, depth = 0): boolean {
    this.#spend(depth);
    if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
    if (Array.isArray(one) !== Array.isArray(other)) return false;
    const [keys, others] = [Object.keys(one), Object.keys(other)];
    if (keys.length !== others.length) return false;
    const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
    return keys.every((key) => Object.hasOwn(other, key) && this.#equals(a[key], b[key], depth + 1));
  }

  #spend(depth: number): void {
    if (depth > maxDepth) throw this.#failed(422, `what is copied or compared nests deeper than ${maxDepth}`);
    if (--this.#budget < 0) throw this.#failed(422, `more than ${maxValues} values are copied or compared`);
  }

  #failed(status: 409 | 422, reason: string): Problem {
    const extensions = { operation: this.#operation };
    return new Problem(status, { detail: `The patch does not fit: ${reason}`, extensions });
  }
}

function malformed(reason: string): Problem {
  return new Problem(400, `This is not a JSON Patch: ${reason}`);
}
