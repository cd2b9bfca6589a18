import type { Reply } from "./reply.js";

/** A function that serves calls, bound to nothing yet. */
export type MethodFunction = (args: unknown, reply: Reply) => unknown;

/** Tells whether a name begins with an upper-case letter: what Go calls exported. */
export function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}

/**
 * Finds the methods of an object that can be called from afar: by name, those of its classes and its own, without those
 * of `Object`. A method counts when its name is exported and `length`, the number of parameters before the first that
 * has a default or is a rest, is exactly two. One that is overridden by something else does not count.
 */
export function suitableMethods(rcvr: object): Map<string, MethodFunction> {
  const methods = new Map<string, MethodFunction>();
  const seen = new Set<string>();
  for (
    let each: object | null = rcvr;
    each !== null && !isRoot(each);
    each = Object.getPrototypeOf(each) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(each)) {
      if (seen.has(name)) continue;
      seen.add(name);
      const method: unknown = Object.getOwnPropertyDescriptor(each, name)?.value;
      if (isExported(name) && isSuitable(method)) methods.set(name, method);
    }
  }
  return methods;
}

function isSuitable(method: unknown): method is MethodFunction {
  return typeof method === "function" && method.length === 2;
}

function isRoot(each: object): boolean {
  return each === Object.prototype || each === Function.prototype;
}

/** Names the type of a service as Go would: by its class, or not at all. */
export function typeName(rcvr: object): string {
  const { constructor } = rcvr as { constructor?: unknown };
  if (typeof rcvr === "function") return rcvr.name;
  return typeof constructor === "function" && constructor !== Object ? constructor.name : "";
}
