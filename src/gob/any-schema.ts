/**
 * A schema of any vendor's: Standard Schema 1.0, as zod, valibot, arktype and `toolkit/gob` have it.
 *
 * It asks for less than gob's own type does, which is one of these.
 * @see {@link https://standardschema.dev | Standard Schema}
 */
export interface AnySchema<Output = unknown> {
  /** What the specification puts under this name. */
  readonly "~standard": AnySchemaProps<Output>;
}

/** What is found under `~standard`. */
export interface AnySchemaProps<Output = unknown> {
  /** The version of the specification. */
  readonly version: 1;
  /** Who made the schema. */
  readonly vendor: string;
  /** Checks a value, and gives what it stands for, or what is wrong with it; at once or by a promise. */
  readonly validate: (value: unknown) => AnySchemaResult<Output> | Promise<AnySchemaResult<Output>>;
  /** Types only: there is nothing at run time. */
  readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
}

/** What validation gives: a value, or what is wrong with it. */
export type AnySchemaResult<Output = unknown> = AnySchemaSuccess<Output> | AnySchemaFailure;

/** A value that is good. */
export interface AnySchemaSuccess<Output = unknown> {
  /** What it stands for. */
  readonly value: Output;
  /** Nothing is wrong. */
  readonly issues?: undefined;
}

/** What is wrong with a value. */
export interface AnySchemaFailure {
  /** All that is wrong. */
  readonly issues: readonly AnySchemaIssue[];
}

/** One thing that is wrong with a value. */
export interface AnySchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where: names of fields and indexes, bare or as `{ key }`. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
