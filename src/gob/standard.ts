import type { StandardJSONSchema } from "./json-schema.js";

/**
 * Validates unknown values: the interface of Standard Schema 1.0, which form libraries, routers and RPC layers accept.
 * @see {@link https://standardschema.dev | Standard Schema}
 */
export interface StandardSchema<Input, Output> {
  /** What the specification puts under this name. */
  readonly "~standard": StandardProps<Input, Output>;
}

/** What is found under `~standard`. */
export interface StandardProps<Input, Output> {
  /** The version of the specification. */
  readonly version: 1;
  /** Who made the schema. */
  readonly vendor: string;
  /** Checks a value, and gives what it stands for. */
  readonly validate: (value: unknown) => StandardResult<Output>;
  /** Describes values as JSON Schema does, where the vendor can. */
  readonly jsonSchema?: StandardJSONSchema | undefined;
  /** Types only: there is nothing at run time. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** What validation gives: a value, or what is wrong with it. */
export type StandardResult<Output> = StandardSuccess<Output> | StandardFailure;

/** A value that is good. */
export interface StandardSuccess<Output> {
  /** What it stands for. */
  readonly value: Output;
  /** Nothing is wrong. */
  readonly issues?: undefined;
}

/** What is wrong with a value. */
export interface StandardFailure {
  /** All that is wrong. */
  readonly issues: readonly StandardIssue[];
}

/** One thing that is wrong. */
export interface StandardIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where: names of fields, indexes, and keys of maps. */
  readonly path: readonly PropertyKey[];
}
