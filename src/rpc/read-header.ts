import { isClosed, OpError, UnexpectedEOFError } from "../net/errors.js";
import type { Awaitable, Request, ServerCodec } from "./codec.js";
import { ProtocolError } from "./errors.js";

/** Dresses what a codec says of a header as Go does; an end in the middle of one speaks for itself. */
function badHeader(err: unknown): never {
  if (!(err instanceof Error) || err instanceof UnexpectedEOFError || err instanceof OpError || isClosed(err))
    throw err;
  throw new ProtocolError(`rpc: server cannot decode request: ${err.message}`, err);
}

/** Reads the header of the next request. */
export function readHeader(codec: ServerCodec): Awaitable<Request | null> {
  try {
    const header = codec.readRequestHeader();
    return header instanceof Promise ? header.catch(badHeader) : header;
  } catch (err) {
    return badHeader(err);
  }
}
