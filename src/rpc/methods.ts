import { isExported } from "./exported.js";
import type { Reply } from "./reply.js";

/** A function that serves calls, bound to nothing yet. */
export type MethodFunction = (args: unknown, reply: Reply) => unknown;

/** A method that is not served. */
export interface SkippedMethod {
  /** Its name. */
  readonly name: string;
  /** The rule that it breaks, in the words that Go logs. */
  readonly reason: string;
}

/** The methods of an object: those that can be called from afar, and those that cannot. */
export interface MethodSet {
  /** By name. */
  readonly suitable: ReadonlyMap<string, MethodFunction>;
  /** All others. */
  readonly skipped: readonly SkippedMethod[];
}

/**
 * Sorts the methods of an object, those of its classes and its own, without those of `Object`. A method is suitable when
 * its name is exported and `length`, the number of parameters before the first that has a default or is a rest, is
 * exactly two. One that is overridden by something else does not count.
 */
export function methodsOf(rcvr: object): MethodSet {
  const suitable = new Map<string, MethodFunction>();
  const skipped: SkippedMethod[] = [];
  for (const [name, property] of propertiesOf(rcvr)) {
    const reason = whyNot(name, property);
    if (reason === null) suitable.set(name, property.value as MethodFunction);
    else if (reason !== "") skipped.push({ name, reason });
  }
  return { suitable, skipped };
}

/** All properties of an object, each as it is first found on the way up. */
function propertiesOf(rcvr: object): Map<string, PropertyDescriptor> {
  const all = new Map<string, PropertyDescriptor>();
  for (
    let each: object | null = rcvr;
    each !== null && !isRoot(each);
    each = Object.getPrototypeOf(each) as object | null
  ) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(each))) {
      if (!all.has(name)) all.set(name, property);
    }
  }
  return all;
}

/** Says why a property is no method to be served; `null` if it is one, and nothing if it is no method at all. */
function whyNot(name: string, { value, get }: PropertyDescriptor): string | null {
  const method: unknown = value;
  const quoted = JSON.stringify(name);
  if (get !== undefined && isExported(name)) return `rpc.Register: ${quoted} is a getter, not a method`;
  if (typeof method !== "function" || name === "constructor" || isClass(method)) return "";
  if (!isExported(name))
    return `rpc.Register: method ${quoted} is not exported: its name begins with no upper-case letter`;
  if (name.includes("."))
    return `rpc.Register: method ${quoted} has a dot in its name, and cannot be told from a service`;
  if (method.length === 2) return null;
  return `rpc.Register: method ${quoted} has ${method.length} input parameters; needs exactly two`;
}

function isClass(fn: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(fn));
}

function isRoot(each: object): boolean {
  return each === Object.prototype || each === Function.prototype;
}

/** Names the type of a service as Go would: by its class, or not at all. */
export function typeName(rcvr: object): string {
  const { constructor } = rcvr as { constructor?: unknown };
  const type: unknown = typeof rcvr === "function" ? rcvr : constructor;
  if (typeof type !== "function" || type === Object) return "";
  const name: unknown = type.name; // a class may have a static member of that name
  return typeof name === "string" ? name : "";
}
