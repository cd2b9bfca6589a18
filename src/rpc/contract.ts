import type { AnySchema, AnySchemaIssue } from "../gob/any-schema.js";
import { Schema } from "../gob/schema.js";
import type { Awaitable, BodyType } from "./codec.js";
import { isExported } from "./exported.js";
import { isThenable } from "./outcome.js";

/** What a schema takes: what is sent. */
export type InputOf<S> = S extends {
  readonly "~standard": { readonly types?: { readonly input: infer I } | undefined };
}
  ? I
  : unknown;

/** What a schema gives: what is received. */
export type OutputOf<S> = S extends {
  readonly "~standard": { readonly types?: { readonly output: infer O } | undefined };
}
  ? O
  : unknown;

/** What a method takes and replies, as schemas. */
export interface MethodContract<
  A extends AnySchema = AnySchema,
  R extends AnySchema = AnySchema,
  M extends boolean = boolean,
> {
  /** The schema of the arguments. */
  readonly args: A;
  /** The schema of the reply, or of each reply. */
  readonly reply: R;
  /** Whether there are many replies. */
  readonly isStream: M;
}

/** The methods of a contract, by name. */
export type MethodContracts = Readonly<Record<string, MethodContract>>;

/** A service as both ends agree on it. Made by {@link service}. */
export interface Contract<M extends MethodContracts = MethodContracts> {
  /** The name of the service, as `Arith`. */
  readonly name: string;
  /** Its methods. */
  readonly methods: M;
}

/**
 * Makes a contract: the name of a service, and for each method what it takes and replies. Both ends may share it: the
 * client is typed by it, the server checks arguments before a method runs, and gob writes Go's types by it.
 *
 * @example
 * ```ts
 * import { int, struct } from "toolkit/gob";
 * import { method, service } from "toolkit/rpc";
 *
 * const Args = struct("Args", { A: int, B: int });
 * const arith = service("Arith", { Multiply: method(Args, int) });
 * console.log(arith.name, Object.keys(arith.methods)); // Arith [ 'Multiply' ]
 * ```
 * @throws {TypeError} for a method whose name does not begin with an upper-case letter, and for an empty name
 */
export function service<M extends MethodContracts>(name: string, methods: M): Contract<M> {
  if (name === "") throw new TypeError("rpc: a service needs a name");
  const hidden = Object.keys(methods).find((each) => !isExported(each));
  if (hidden !== undefined) throw new TypeError(`rpc: method ${JSON.stringify(hidden)} of ${name} is not exported`);
  return Object.freeze({ name, methods: Object.freeze({ ...methods }) });
}

/**
 * Describes a method by the schemas of its arguments and its reply: those of `toolkit/gob`, which every codec knows how to
 * carry, or any Standard Schema.
 */
export function method<A extends AnySchema, R extends AnySchema>(args: A, reply: R): MethodContract<A, R, false> {
  return { args, reply, isStream: false };
}

/** Describes a method that sends many replies, each by the schema `reply`. */
export function stream<A extends AnySchema, R extends AnySchema>(args: A, reply: R): MethodContract<A, R, true> {
  return { args, reply, isStream: true };
}

/** A method of a contract, as codecs are told of it. */
export interface MethodTypes {
  readonly args: BodyType;
  readonly reply: BodyType;
  readonly isStream: boolean;
}

const typesOf = new WeakMap<MethodContract, MethodTypes>();

/** What codecs are told of a method: the same objects each time, so that they can keep what they make of them. */
export function methodTypes(contract: MethodContract): MethodTypes {
  let types = typesOf.get(contract);
  if (types === undefined) {
    types = { args: bodyType(contract.args), reply: bodyType(contract.reply), isStream: contract.isStream };
    typesOf.set(contract, types);
  }
  return types;
}

function bodyType(schema: AnySchema): BodyType {
  return { schema: schema as NonNullable<BodyType["schema"]> };
}

/** Tells whether a value must still be checked that a codec has read; `isTyped` is {@link ServerCodec.isTyped}. */
export function mustCheck({ schema }: BodyType, isTyped: boolean | undefined): boolean {
  return schema !== undefined && !(isTyped === true && schema instanceof Schema);
}

/** Checks a value, and gives what it stands for; throws what `refuse` makes of the issues. */
export function checked(
  type: BodyType,
  value: unknown,
  refuse: (issues: readonly AnySchemaIssue[]) => Error,
): Awaitable<unknown> {
  const schema = type.schema as AnySchema;
  const result: unknown = schema["~standard"].validate(value);
  if (isThenable(result)) return Promise.resolve(result).then((late) => outputOf(late, refuse));
  return outputOf(result, refuse);
}

function outputOf(result: unknown, refuse: (issues: readonly AnySchemaIssue[]) => Error): unknown {
  const { issues, value } = result as { issues?: readonly AnySchemaIssue[]; value?: unknown };
  if (issues !== undefined) throw refuse(issues);
  return value;
}

/** Puts what is wrong with a value into words: `A: want int, got a string`. */
export function issuesText(issues: readonly AnySchemaIssue[]): string {
  return issues
    .slice(0, 10)
    .map(({ path, message }) => {
      const at = (path ?? []).map((part) =>
        String(typeof part === "object" ? (part as { key: PropertyKey }).key : part),
      );
      return at.length === 0 ? message : `${at.join(".")}: ${message}`;
    })
    .join("; ");
}
