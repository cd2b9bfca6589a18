import { Schema } from "../gob/schema.js";
import type { BodyType } from "./codec.js";
import { type Contract, type MethodContract, methodTypes } from "./contract.js";
import { isExported } from "./exported.js";
import { type Latency, MethodStats } from "./method-stats.js";
import { type MethodFunction, methodsOf, type SkippedMethod, typeName } from "./methods.js";

/** A method that is served. */
export interface MethodInfo {
  /** Its name, as `Multiply`. */
  readonly name: string;
  /** What it takes and replies, as `Multiply(Args, *int) error`; the types are known by a contract only. */
  readonly signature: string;
  /** Whether it is known to send many replies. */
  readonly isStream: boolean;
  /** How often it was called. */
  readonly calls: number;
  /** How often it failed. */
  readonly errors: number;
  /** How many calls are under way. */
  readonly running: number;
  /** How long calls took, or `null` before the first; of methods that answer at once, each sixteenth call is timed. */
  readonly latencyMs: Latency | null;
}

/** A service and its methods. */
export interface ServiceInfo {
  /** Its name, as `Arith`. */
  readonly name: string;
  /** Its methods, by name. */
  readonly methods: readonly MethodInfo[];
  /** The methods that are not served, and why. Go leaves them out without a word. */
  readonly skipped: readonly SkippedMethod[];
}

const noType: BodyType = Object.freeze({});

/** A method, the object that it is a method of, and how often it was called. */
export class Method {
  readonly name: string;
  readonly rcvr: object;
  readonly fn: MethodFunction;
  readonly stats = new MethodStats();
  /** What it takes. */
  readonly args: BodyType;
  /** What it replies. */
  readonly reply: BodyType;
  readonly isStream: boolean;

  constructor(name: string, rcvr: object, fn: MethodFunction, contract?: MethodContract) {
    this.name = name;
    this.rcvr = rcvr;
    this.fn = fn;
    const types = contract === undefined ? undefined : methodTypes(contract);
    this.args = types?.args ?? noType;
    this.reply = types?.reply ?? noType;
    this.isStream = types?.isStream ?? false;
  }

  /** Describes it as Go's debug page does. */
  get signature(): string {
    const many = this.isStream ? "..." : "*";
    return `${this.name}(${spelled(this.args, "args")}, ${many}${spelled(this.reply, "reply")}) error`;
  }

  info(): MethodInfo {
    const { name, signature, isStream, stats } = this;
    const { calls, errors, running, latency } = stats;
    return { name, signature, isStream, calls, errors, running, latencyMs: latency };
  }
}

function spelled({ schema }: BodyType, name: string): string {
  return schema instanceof Schema ? schema.toString() : name;
}

interface Service {
  readonly methods: readonly Method[];
  readonly skipped: readonly SkippedMethod[];
}

/** Keeps the services of a server, under Go's rules. */
export class Registry {
  readonly #services = new Map<string, Service>();
  /** By service and method in one. */
  readonly #methods = new Map<string, Method>();

  /** Adds a service under the name of its contract, or of its class. */
  register(rcvr: object, contract?: Contract): void {
    checkObject(rcvr);
    if (contract !== undefined) return this.registerName(contract.name, rcvr, contract);
    const name = typeName(rcvr);
    if (name !== "" && !isExported(name)) throw registerError(`type ${name} is not exported`);
    this.registerName(name, rcvr);
  }

  /** Adds a service. */
  registerName(name: string, rcvr: object, contract?: Contract): void {
    checkObject(rcvr);
    if (name === "") throw registerError(`no service name for type ${typeName(rcvr) || typeof rcvr}`);
    const { suitable, skipped } = methodsOf(rcvr);
    const methods =
      contract === undefined
        ? [...suitable].map(([method, fn]) => new Method(method, rcvr, fn))
        : agreed(name, rcvr, contract);
    if (methods.length === 0) throw registerError(noMethods(name, rcvr));
    if (this.#services.has(name)) throw new TypeError(`rpc: service already defined: ${name}`);
    this.#services.set(name, { methods: methods.toSorted(byName), skipped: skipped.toSorted(byName) });
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
    const all = [...this.#services].map(([name, { methods, skipped }]) => ({
      name,
      methods: methods.map((method) => method.info()),
      skipped,
    }));
    return all.toSorted(byName);
  }
}

/** The methods that a contract names, no others; all must be there. */
function agreed(name: string, rcvr: object, contract: Contract): Method[] {
  const { suitable, skipped } = methodsOf(rcvr);
  return Object.entries(contract.methods).map(([method, types]) => {
    const fn = suitable.get(method);
    if (fn !== undefined) return new Method(method, rcvr, fn, types);
    const reason = skipped.find((each) => each.name === method)?.reason;
    throw reason === undefined ? registerError(`type ${name} has no method ${method}`) : new TypeError(reason);
  });
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
  return isClass && methodsOf(prototype).suitable.size > 0 ? `${text} (hint: pass an instance of that class)` : text;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
