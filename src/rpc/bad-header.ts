import { isClosed, OpError, UnexpectedEOFError } from "../net/errors.js";
import { ProtocolError } from "./errors.js";

/** Dresses what a codec says of a header as Go does; an end in the middle of one speaks for itself. */
export function badHeader(err: unknown): never {
  if (!(err instanceof Error) || err instanceof UnexpectedEOFError || err instanceof OpError || isClosed(err))
    throw err;
  throw new ProtocolError(`rpc: server cannot decode request: ${err.message}`, err);
}
