import { int, map, type Schema, string, struct, uint, uint64 } from "../../gob/index.js";

/** A header on the wire: Go's own type, and the one that is sent in its place where there is more to say. */
export interface HeaderTypes {
  /** What Go's net/rpc has. */
  readonly plain: Schema;
  /** The same and our own fields, over which Go passes. */
  readonly full: Schema;
}

const request = { ServiceMethod: string, Seq: uint };
const response = { ServiceMethod: string, Seq: uint, Error: string };

/** The types of Go's rpc.Request. */
export const requestTypes: HeaderTypes = {
  plain: struct("Request", request),
  full: struct("Request", { ...request, Meta: map(string, string), TimeoutMs: int }),
};

/** The types of Go's rpc.Response. */
export const responseTypes: HeaderTypes = {
  plain: struct("Response", response),
  full: struct("Response", { ...response, Code: string }),
};

/** The body of a response that reports an error, and of what replies with nothing: Go's `struct{}`. */
export const nothing: Schema = struct({});

/** The arguments of `_goRPC_.Cancel`, as the fork `keegancsmith/rpc` has them. */
export const cancelArgs: Schema = struct("CancelArgs", { Seq: uint64.as("auto") });
