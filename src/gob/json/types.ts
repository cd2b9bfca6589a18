import type { StandardIssue } from "../standard.js";
import type { WireType } from "../wire-type.js";

/** Where a value is that is being checked, and what is wrong so far. */
interface Checks {
  readonly path: PropertyKey[];
  readonly issues: StandardIssue[];
  readonly most: number;
}

/** A type of Go's, as far as its JSON goes. @internal */
export interface JSONType {
  readonly base: JSONType;
  readonly builtinId: number;
  readonly typeName: string;
  readonly underlying: string;
  readonly isPointer: boolean;
  readonly isStruct: boolean;
  readonly isEmbedded: boolean;
  readonly fieldNames: readonly string[];
  readonly parts: readonly JSONType[];
  /** How a type that encodes itself has its values in JSON. */
  readonly ownJSON: JSONMethods<unknown, unknown> | undefined;
  readonly json: JSONForm;
  toString(): string;
  zero(): unknown;
  check(v: unknown, c: Checks): unknown;
  wireType(ids: { idOf(): number }, name: string): WireType | null;
}

/** Turns values of a type that encodes itself into JSON, and back: Go's json.Marshaler, or encoding.TextMarshaler. */
export interface JSONMethods<T, I = T> {
  /** Gives what stands for a value: a string, a number, a bigint for digits that no number has; throws for what JSON has not. */
  toJSON(value: I): unknown;
  /** Gives the value that JSON stands for; throws for what is none. */
  fromJSON(json: unknown): T;
  /** Gives the value that text stands for: of a key of an object, of a form. @default fromJSON */
  fromText?(text: string): T;
}

/** The JSON of a type. @internal */
export interface JSONForm {
  /** Reads a value; what does not fit is told to `c`. */
  read(value: unknown, c: Reading): unknown;
  /** Gives what JSON has for a value, of which {@link formatJSON} makes text. */
  write(value: unknown, c: Writing): unknown;
}

/** Where a value is that is being read, and what is wrong so far. @internal */
export interface Reading {
  /** Whether all values are text, as in forms: numbers are read out of it, and what is no list is a list of one. */
  readonly isText: boolean;
  /** Gives what `check` gives; what is wrong is told in Go's words. */
  checked(type: JSONType, value: unknown): unknown;
  /** Says that a value is none of a type. */
  mismatch(type: JSONType, value: unknown): undefined;
  /** Says the same of what goes by a name of its own. */
  unlike(type: JSONType, what: string): undefined;
  /** Reads what is one level down: under a key, and in a field of a struct if it is named. */
  within(form: JSONForm, value: unknown, at: PropertyKey, struct?: string, field?: string): unknown;
}

/** Where a value is that is being written. @internal */
export interface Writing {
  /** Gives a value that `check` has passed. */
  checked(type: JSONType, value: unknown): unknown;
  /** Refuses a value, in the words that are given. */
  refuse(message: string): never;
  /** Writes what is one level down. */
  within(form: JSONForm, value: unknown, at: PropertyKey): unknown;
}
