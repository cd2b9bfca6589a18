import type { Response } from "./codec.js";
import { isDecodeError, ServerError } from "./errors.js";

/** What a caller is told of a failure. */
export type Failure = Pick<Response, "error" | "code" | "data">;

/** What a caller is told when a method throws what is no `Error`. */
const internalError: Failure = { error: "internal error", code: "ERR_RPC_INTERNAL" };
/** More of a message than that is cut off: it travels in the header, which is bounded. */
const maxErrorLength = 65_536;
const maxCodeLength = 256;

/** Tells whether a method's result must be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** Says what the caller is told of a method's result: nothing if it succeeded. */
export function failureOfResult(result: unknown, serviceMethod: string): Failure | null {
  if (result === undefined || result === null) return null;
  if (result instanceof Error) return failureOf(result);
  const error = `rpc: ${serviceMethod} returned a ${typeof result}: a method sets reply.value, and returns nothing or an Error`;
  return { error, code: "ERR_RPC_INTERNAL" };
}

/** Says what the caller is told of what a method threw, or of what kept the server from calling it. Never throws. */
export function failureOf(thrown: unknown): Failure {
  try {
    return thrown instanceof Error ? failureOfError(thrown) : internalError;
  } catch {
    return internalError; // an error may be anything, such as one with a getter that throws
  }
}

function failureOfError(thrown: Error): Failure {
  const error = messageOf(thrown);
  if (thrown instanceof ServerError) return { error, code: codeOf(thrown.code), data: thrown.data };
  return isDecodeError(thrown) ? { error, code: "ERR_RPC_INVALID_ARGS" } : { error };
}

/** An empty message would look like success on the wire. */
function messageOf(err: Error): string {
  const { message } = err;
  return typeof message === "string" && message !== "" ? message.slice(0, maxErrorLength) : "unspecified error";
}

/** A code travels in the header too. */
function codeOf(code: unknown): string | number | undefined {
  return typeof code === "number" || (typeof code === "string" && code.length <= maxCodeLength) ? code : undefined;
}
