import type { AnySchema } from "../gob/any-schema.js";
import { type CallOptions, type CallTypes, noTypes, type StreamOptions } from "./call-options.js";
import { type Contract, type InputOf, type MethodContract, methodTypes, type OutputOf } from "./contract.js";
import { isExported } from "./exported.js";

/** The name of a method that is exported: one that begins with an upper-case letter. */
export type ExportedName<K> = K extends `${infer First}${string}`
  ? First extends Lowercase<First>
    ? never
    : K
  : never;

/** What a method sets that replies once: a `Reply`. Named by its shape, as replies know their callers, who know this. */
export interface OneReply<R> {
  /** The reply. */
  value: R;
  /** The call that it is of. */
  readonly call: unknown;
}

/** What a method sends by that replies many times: a `ReplyStream`. */
export interface ManyReplies<R> {
  /** Sends a reply. */
  send(value: R): Promise<void>;
  /** The call that they are of. */
  readonly call: unknown;
}

/** What is asked of a method's result: nothing, or an `Error`, at once or by a promise. */
export type Suits<Result> = Awaited<Result> extends undefined | null | Error | void ? true : false;

/** What a method takes and replies, if it keeps the rules; `never` if it does not. */
export type RemoteMethod<M> = M extends (...args: infer P) => infer Result
  ? P["length"] extends 2
    ? Suits<Result> extends true
      ? P extends [infer A, OneReply<infer R>]
        ? (args: A, options?: CallOptions<R>) => Promise<R>
        : P extends [infer A, ManyReplies<infer R>]
          ? (args: A, options?: StreamOptions) => AsyncIterableIterator<R>
          : never
      : never
    : never
  : never;

/**
 * Is a service as its clients see it: the methods of `T` that Go's rules let be called from afar, each with its arguments
 * and a promise of its reply, or, for a method that sends many, what `for await` reads.
 */
export type RemoteService<T> = {
  readonly [K in keyof T as RemoteMethod<T[K]> extends never ? never : ExportedName<K>]: RemoteMethod<T[K]>;
};

/**
 * Is `T` if it can be served: if it has a method that keeps the rules. Of a type that says nothing of its methods, such
 * as `object`, that is known at run time only.
 */
export type Registrable<T> = object extends T
  ? T
  : [keyof RemoteService<T>] extends [never]
    ? { readonly "rpc.Register: type has no exported methods of suitable type": never }
    : T;

/** The names of those methods of `T` that send many replies. */
export type StreamName<T> = {
  [K in keyof T]: [RemoteMethod<T[K]>] extends [never]
    ? never
    : RemoteMethod<T[K]> extends (args: never) => AsyncIterableIterator<unknown>
      ? ExportedName<K>
      : never;
}[keyof T] &
  string;

/** What must be told of a service whose type alone is known: there are no types at run time. */
export interface ServiceOptions<S extends string = string> {
  /** The methods that send many replies. */
  readonly streams: readonly S[];
}

/** What a method of a contract is for its callers. */
export type ContractMethod<M> =
  M extends MethodContract<infer A extends AnySchema, infer R extends AnySchema, infer Many>
    ? Many extends true
      ? (args: InputOf<A>, options?: StreamOptions) => AsyncIterableIterator<OutputOf<R>>
      : (args: InputOf<A>, options?: CallOptions<OutputOf<R>>) => Promise<OutputOf<R>>
    : never;

/** Is the service of a contract, as its clients see it. */
export type ContractService<C extends Contract> = {
  readonly [K in keyof C["methods"]]: ContractMethod<C["methods"][K]>;
};

/** What must be told of a service: the methods of `T` that send many replies, if it has any. */
export type ServiceArguments<T> = [StreamName<T>] extends [never]
  ? [options?: ServiceOptions]
  : [options: ServiceOptions<StreamName<T>>];

/** Makes the calls of a service. */
export interface ServiceHost {
  /** Calls a method that replies once. */
  call(serviceMethod: string, args: unknown, options: CallOptions | undefined, types: CallTypes): unknown;
  /** Calls a method that replies many times. */
  stream(serviceMethod: string, args: unknown, options: StreamOptions | undefined, types: CallTypes): unknown;
}

/** Makes a call of one method, or a stream. */
type RemoteFunction = (args: unknown, options?: CallOptions) => unknown;

/** Makes the service of a name; the methods that reply many times must be told. */
export function namedService(host: ServiceHost, name: string, streams: readonly string[]): object {
  return remoteService((method) => remoteFunction(host, `${name}.${method}`, streams.includes(method), noTypes));
}

/** Makes the service of a contract. */
export function contractService(host: ServiceHost, { name, methods }: Contract): object {
  return remoteService((method) => {
    const contract = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (contract === undefined) return undefined;
    const types = methodTypes(contract);
    return remoteFunction(host, `${name}.${method}`, types.isStream, types);
  });
}

function remoteFunction(host: ServiceHost, serviceMethod: string, isStream: boolean, types: CallTypes): RemoteFunction {
  return isStream
    ? (args, options) => host.stream(serviceMethod, args, options, types)
    : (args, options) => host.call(serviceMethod, args, options, types);
}

/** How many methods are kept, should somebody take names from elsewhere. */
const maxMethods = 1024;

/**
 * Makes methods, each when it is first asked for, by `make`. Only exported names are methods: `then` is none, so that a
 * service may be awaited.
 */
function remoteService(make: (method: string) => RemoteFunction | undefined): object {
  const methods = new Map<string, RemoteFunction | undefined>();
  const get = (_: object, key: string | symbol) => {
    if (typeof key === "symbol" || !isExported(key)) return undefined;
    if (methods.has(key)) return methods.get(key);
    if (methods.size === maxMethods) methods.clear();
    const method = make(key);
    methods.set(key, method);
    return method;
  };
  return new Proxy(Object.freeze({}), { get });
}
