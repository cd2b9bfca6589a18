import type { AnySchema } from "../gob/any-schema.js";
import { Problem } from "./problem.js";
import { Reply } from "./reply.js";
import type { Context, Resource } from "./types.js";

/** What a service is: its name, and its methods with the schemas of what they take and give. */
export interface ServiceContract {
  /** Its name, as `"Arith"`. */
  readonly name: string;
  /** Its methods, by name, as `Multiply`. */
  readonly methods: Readonly<Record<string, ServiceMethodContract>>;
}

/** What a method takes and gives. */
export interface ServiceMethodContract {
  /** What it takes. */
  readonly args: AnySchema;
  /** What it gives. */
  readonly reply: AnySchema;
  /** Whether there are many replies: such a method is for RPC alone. @default false */
  readonly isStream?: boolean | undefined;
  /** One line about it. */
  readonly summary?: string | undefined;
}

/** What a schema gives. */
export type OutputOf<S extends AnySchema> = S extends AnySchema<infer Output> ? Output : never;
/** What a schema takes. */
export type InputOf<S extends AnySchema> = NonNullable<S["~standard"]["types"]>["input"];

/** What a method may return: nothing, or an `Error` to fail with. */
// biome-ignore lint/suspicious/noConfusingVoidType: a method may return nothing at all
export type ServiceResult = void | null | undefined | Error;

/** What serves a method; as a method, so that a reply of a narrower type will do. */
export interface ServesMethod<M extends ServiceMethodContract> {
  /** Takes the arguments, and sets the reply. */
  method(args: OutputOf<M["args"]>, reply: ServiceReply<InputOf<M["reply"]>>): ServiceResult | Promise<ServiceResult>;
}

/** The names of the methods that have one reply. */
export type CallName<C extends ServiceContract> = {
  [M in keyof C["methods"]]: C["methods"][M] extends { readonly isStream: true } ? never : M;
}[keyof C["methods"]];

/** The methods of a contract, as `toolkit/rpc` calls them. */
export type ServiceImplementation<C extends ServiceContract> = {
  readonly [M in CallName<C>]: ServesMethod<C["methods"][M]>["method"];
};

/** What a method may know of its call; that of `toolkit/rpc` is one of these. */
export interface ServiceCall {
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  /** What was called, as `Arith.Multiply`. */
  readonly serviceMethod: string;
  /** Nobody: HTTP does not tell it here. */
  readonly remoteAddr: null;
  /** The fields of the request's header. */
  readonly meta: Readonly<Record<string, string>>;
  /** None. */
  readonly deadline: null;
  /** Nobody can be called back. */
  readonly caller: null;
}

/** Where a method puts its reply. */
export interface ServiceReply<T> {
  /** The reply. */
  value: T;
  /** The call that it is for. */
  readonly call: ServiceCall;
}

/** Options of {@link fromService}. */
export interface FromServiceOptions {
  /** What the paths begin with, as `"/rpc"`. @default "" */
  readonly prefix?: string | undefined;
}

/**
 * Makes resources of a service that RPC serves, so that one implementation answers both: `Arith.Multiply` is
 * POST /arith/multiply, with the arguments as the body and the reply as the answer, in any representation.
 *
 * An `Error` that a method returns or throws is a 422 with its message, as RPC tells it; a {@link Problem} is sent as it
 * is; anything else that is thrown is a 500. Methods with many replies are left out.
 *
 * @example
 * ```ts
 * import { int, struct } from "toolkit/gob";
 * import { fromService, handler } from "toolkit/rest";
 *
 * const Args = struct("Args", { A: int, B: int });
 * const Arith = { name: "Arith", methods: { Multiply: { args: Args, reply: int } } };
 * const arith = fromService(Arith, {
 *   Multiply(args, reply) {
 *     reply.value = args.A * args.B;
 *   },
 * });
 * const init = { method: "POST", body: '{"A":7,"B":8}', headers: { "Content-Type": "application/json" } };
 * const response = await handler(...arith)(new Request("http://localhost/arith/multiply", init));
 * console.log(await response.text()); // 56
 * ```
 * @throws {TypeError} for a method without an implementation
 */
export function fromService<C extends ServiceContract>(
  contract: C,
  implementation: ServiceImplementation<C>,
  options: FromServiceOptions = {},
): readonly Resource[] {
  const base = `${options.prefix ?? ""}/${kebab(contract.name)}`;
  const methods = implementation as Readonly<Record<string, unknown>>;
  const calls = Object.entries(contract.methods).filter(([, { isStream }]) => isStream !== true);
  return calls.map(([name, { args, reply, summary }]) => {
    const serviceMethod = `${contract.name}.${name}`;
    const method = methods[name] as ((args: unknown, reply: ServiceReply<unknown>) => unknown) | undefined;
    if (typeof method !== "function") throw new TypeError(`Method ${serviceMethod} has no implementation`);
    const handle = async (request: Request, context: Context) => {
      const given = await context.body();
      const filled: ServiceReply<unknown> = { value: undefined, call: callOf(request, context, serviceMethod) };
      await succeed(() => method.call(implementation, given, filled));
      return new Reply(filled.value ?? null, { status: 200 });
    };
    const verb = {
      handle,
      body: args,
      reply,
      summary: summary ?? serviceMethod,
      tags: [contract.name],
      problems: [422],
    };
    return { pattern: `${base}/${kebab(name)}`, handlers: { POST: verb } };
  });
}

/** Calls a method; what it fails with, if it is an `Error`, is for the caller to know. */
async function succeed(call: () => unknown): Promise<void> {
  let failure: unknown;
  try {
    failure = await call();
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    failure = thrown;
  }
  if (failure instanceof Problem) throw failure;
  if (failure instanceof Error)
    throw new Problem(422, { detail: failure.message || "unspecified error", cause: failure });
  if (failure !== undefined && failure !== null)
    throw new TypeError("A method sets reply.value, and returns nothing or an Error");
}

/** `HTTPServer` and `httpServer` are `http-server`; what a path cannot have is a hyphen. */
function kebab(name: string): string {
  return name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1-$2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1-$2")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .toLowerCase();
}

function callOf(request: Request, { signal }: Context, serviceMethod: string): ServiceCall {
  return {
    signal,
    serviceMethod,
    remoteAddr: null,
    meta: Object.fromEntries(request.headers),
    deadline: null,
    caller: null,
  };
}
