import type { CallOptions } from "./guarded-call.js";
import { isExported } from "./methods.js";
import type { Reply } from "./reply.js";

/** The name of a method that is exported: one that begins with an upper-case letter. */
export type ExportedName<K> = K extends `${infer First}${string}`
  ? First extends Lowercase<First>
    ? never
    : K
  : never;

/** What a method takes and replies, if it keeps the rules; `never` if it does not. */
export type RemoteMethod<M> = M extends (...args: infer P) => infer Result
  ? P["length"] extends 2
    ? P extends [infer A, Reply<infer R>]
      ? Awaited<Result> extends undefined | null | Error | void
        ? (args: A, options?: CallOptions<R>) => Promise<R>
        : never
      : never
    : never
  : never;

/**
 * Is a service as its clients see it: the methods of `T` that Go's rules let be called from afar, each with its arguments
 * and a promise of its reply.
 */
export type RemoteService<T> = {
  readonly [K in keyof T as RemoteMethod<T[K]> extends never ? never : ExportedName<K>]: RemoteMethod<T[K]>;
};

type Caller = (serviceMethod: string, args: unknown, options?: CallOptions) => Promise<unknown>;

/** Makes the methods of a service, each when it is first asked for. Only exported names are methods: `then` is none. */
export function remoteService<T>(name: string, call: Caller): RemoteService<T> {
  const methods = new Map<string, (args: unknown, options?: CallOptions) => Promise<unknown>>();
  const get = (_: object, key: string | symbol) => {
    if (typeof key === "symbol" || !isExported(key)) return undefined;
    const serviceMethod = `${name}.${key}`;
    const known = methods.get(key) ?? ((args, options) => call(serviceMethod, args, options));
    methods.set(key, known);
    return known;
  };
  return new Proxy(Object.freeze({}), { get }) as RemoteService<T>;
}
