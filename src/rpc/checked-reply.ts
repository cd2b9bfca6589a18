import { NetError } from "../net/errors.js";
import type { Awaitable, BodyType } from "./codec.js";
import { checked, issuesText } from "./contract.js";
import { DecodeError, textOf } from "./errors.js";

/** Sees to it that a reply is what its contract says: gives what it stands for. Fails with a {@link NetError} alone. */
export function checkedReply(type: BodyType, value: unknown): Awaitable<unknown> {
  try {
    const good = checked(type, value, (issues) => new DecodeError(`rpc: invalid reply: ${issuesText(issues)}`));
    return good instanceof Promise ? good.catch(unfit) : good;
  } catch (err) {
    return unfit(err);
  }
}

/** Whatever a schema throws, the reply does not fit it. */
function unfit(err: unknown): never {
  const cause = err instanceof DecodeError ? err : new DecodeError(`rpc: invalid reply: ${textOf(err)}`, err);
  throw prefixed("reading body ", cause);
}

/** Says where an error came about. */
export function prefixed(words: string, err: unknown): NetError {
  const { code } = (err ?? {}) as { code?: unknown };
  return new NetError(words + textOf(err), { code: typeof code === "string" ? code : "ERR_UNKNOWN", cause: err });
}

/** The check of the replies of a type. */
export function checkOf(type: BodyType): (reply: unknown) => Awaitable<unknown> {
  return (reply) => checkedReply(type, reply);
}
