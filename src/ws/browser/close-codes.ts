import { isWireCloseCode } from "../close-code.js";
import { CloseNormalClosure, CloseNoStatusReceived } from "../constants.js";
import { NotSupportedError } from "../not-supported-error.js";

/** A browser sends the codes from here on for us, beside 1000. */
const firstOwnCode = 3000;

/**
 * Checks a code that we are to close with; returns it as a browser takes it, `undefined` for none.
 * @throws {RangeError} when it must not be sent
 * @throws {NotSupportedError} when a browser does not send it
 */
export function checkCloseCode(code: number): number | undefined {
  if (code === CloseNoStatusReceived) return undefined;
  if (!isWireCloseCode(code)) throw new RangeError(`Cannot close a WebSocket with code ${code}: it must not be sent`);
  if (code === CloseNormalClosure || code >= firstOwnCode) return code;
  throw new NotSupportedError(`close code ${code}`);
}

/** Returns the code that stands for one of the RFC's in what a browser sends: 4009 for 1009, as there is no other way. */
export function standInFor(code: number): number {
  return code + firstOwnCode;
}
