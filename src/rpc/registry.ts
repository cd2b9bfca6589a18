import { isExported, type MethodFunction, suitableMethods, typeName } from "./methods.js";

/** A method that is served. */
export interface MethodInfo {
  /** Its name, as `Multiply`. */
  readonly name: string;
  /** How often it was called. */
  readonly calls: number;
}

/** A service and its methods. */
export interface ServiceInfo {
  /** Its name, as `Arith`. */
  readonly name: string;
  /** Its methods, by name. */
  readonly methods: readonly MethodInfo[];
}

/** A method, the object that it is a method of, and how often it was called. */
export class Method implements MethodInfo {
  readonly name: string;
  readonly rcvr: object;
  readonly fn: MethodFunction;
  calls = 0;

  constructor(name: string, rcvr: object, fn: MethodFunction) {
    this.name = name;
    this.rcvr = rcvr;
    this.fn = fn;
  }
}

/** Keeps the services of a server, under Go's rules. */
export class Registry {
  readonly #services = new Map<string, readonly Method[]>();
  /** By service and method in one. */
  readonly #methods = new Map<string, Method>();

  /** Adds a service under the name of its class. */
  register(rcvr: object): void {
    checkObject(rcvr);
    const name = typeName(rcvr);
    if (name !== "" && !isExported(name)) throw registerError(`type ${name} is not exported`);
    this.registerName(name, rcvr);
  }

  /** Adds a service. */
  registerName(name: string, rcvr: object): void {
    checkObject(rcvr);
    if (name === "") throw registerError(`no service name for type ${typeName(rcvr) || typeof rcvr}`);
    const methods = [...suitableMethods(rcvr)].map(([method, fn]) => new Method(method, rcvr, fn));
    if (methods.length === 0) throw registerError(noMethods(name, rcvr));
    if (this.#services.has(name)) throw new TypeError(`rpc: service already defined: ${name}`);
    this.#services.set(name, methods.toSorted(byName));
    for (const method of methods) this.#methods.set(`${name}.${method.name}`, method);
  }

  /** Finds a method. */
  find(serviceMethod: string): Method | undefined {
    return this.#methods.get(serviceMethod);
  }

  /** Says why {@link Registry.find} did not find it. */
  whyNot(serviceMethod: string): string {
    const dot = serviceMethod.lastIndexOf(".");
    if (dot < 0) return `rpc: service/method request ill-formed: ${serviceMethod}`;
    const missing = this.#services.has(serviceMethod.slice(0, dot)) ? "method" : "service";
    return `rpc: can't find ${missing} ${serviceMethod}`;
  }

  /** Lists the services, by name. */
  list(): readonly ServiceInfo[] {
    const all = [...this.#services].map(([name, methods]) => ({
      name,
      methods: methods.map((method) => ({ name: method.name, calls: method.calls })),
    }));
    return all.toSorted(byName);
  }
}

/** Makes an error in Go's words. */
function registerError(words: string): TypeError {
  const prefix = "rpc.Register: ";
  return new TypeError(prefix + words);
}

function checkObject(rcvr: unknown): void {
  const isObject = (typeof rcvr === "object" && rcvr !== null) || typeof rcvr === "function";
  if (!isObject) throw registerError(`no service name for type ${rcvr === null ? "null" : typeof rcvr}`);
}

function noMethods(name: string, rcvr: object): string {
  const text = `type ${name} has no exported methods of suitable type`;
  const { prototype } = rcvr as { prototype?: unknown };
  const isClass = typeof rcvr === "function" && typeof prototype === "object" && prototype !== null;
  return isClass && suitableMethods(prototype).size > 0 ? `${text} (hint: pass an instance of that class)` : text;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
