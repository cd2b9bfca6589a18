/** What a caller is told when a method throws what is no `Error`. */
const internalError = "internal error";
/** More of a message than that is cut off: it travels in the header, which is bounded. */
const maxErrorLength = 65_536;

/** Tells whether a method's result must be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** Says what the caller is told of a method's result: nothing if it succeeded. */
export function errorOfResult(result: unknown, serviceMethod: string): string {
  if (result === undefined || result === null) return "";
  if (result instanceof Error) return messageOf(result);
  return `rpc: ${serviceMethod} returned a ${typeof result}: a method sets reply.value, and returns nothing or an Error`;
}

/** Says what the caller is told of what a method threw. */
export function errorOfThrown(thrown: unknown): string {
  return thrown instanceof Error ? messageOf(thrown) : internalError;
}

/** An empty message would look like success on the wire. */
function messageOf(err: Error): string {
  const { message } = err;
  return typeof message === "string" && message !== "" ? message.slice(0, maxErrorLength) : "unspecified error";
}
