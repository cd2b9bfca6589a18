import { NetError } from "../net/errors.js";
import { closeName, isWireCloseCode } from "./close-code.js";
import { CloseInvalidFramePayloadData, CloseNoStatusReceived } from "./constants.js";
import { ProtocolError } from "./errors.js";
import { decodeText, encodeText } from "./text.js";
import { Utf8Validator } from "./utf8.js";

/**
 * Reports how the peer closed: every read after its close message rejects with this. Code 1006 says that the connection
 * ended without one.
 *
 * Its message is Go's: `websocket: close 1006 (abnormal closure): unexpected EOF`.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#CloseError | gorilla CloseError}
 */
export class CloseError extends NetError {
  override name = "CloseError";
  /** The code, as {@link CloseNormalClosure}. */
  readonly closeCode: number;
  /** What the peer said about it; may be empty. */
  readonly text: string;

  constructor(closeCode: number, text = "") {
    const name = closeName(closeCode);
    super(`websocket: close ${closeCode}${name === "" ? "" : ` (${name})`}${text === "" ? "" : `: ${text}`}`, {
      code: "ERR_WS_CLOSE",
    });
    this.closeCode = closeCode;
    this.text = text;
  }
}

/**
 * Makes the payload of a close message: `[code u16 BE][text UTF-8]`, or nothing for {@link CloseNoStatusReceived}.
 *
 * Checks neither the code nor the length: a payload of more than 125 bytes is refused when it is written.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#FormatCloseMessage | gorilla FormatCloseMessage}
 */
export function formatCloseMessage(closeCode: number, text: string): Uint8Array<ArrayBuffer> {
  if (closeCode === CloseNoStatusReceived) return new Uint8Array(0);
  const bytes = encodeText(text);
  const payload = new Uint8Array(2 + bytes.byteLength);
  payload[0] = closeCode >> 8;
  payload[1] = closeCode;
  payload.set(bytes, 2);
  return payload;
}

/**
 * Tells whether `err` is a {@link CloseError} with one of these codes.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#IsCloseError | gorilla IsCloseError}
 */
export function isCloseError(err: unknown, ...codes: number[]): boolean {
  return err instanceof CloseError && codes.includes(err.closeCode);
}

/**
 * Tells whether `err` is a {@link CloseError} with a code that is none of those expected.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#IsUnexpectedCloseError | gorilla IsUnexpectedCloseError}
 */
export function isUnexpectedCloseError(err: unknown, ...expected: number[]): boolean {
  return err instanceof CloseError && !expected.includes(err.closeCode);
}

/**
 * Reads the payload of the peer's close message.
 * @throws {ProtocolError} when its code may not be sent, or its text is no UTF-8
 */
export function parseCloseMessage(payload: Uint8Array): CloseError {
  if (payload.byteLength === 0) return new CloseError(CloseNoStatusReceived);
  if (payload.byteLength === 1) throw new ProtocolError("bad close payload of 1 byte");
  const code = ((payload[0] as number) << 8) | (payload[1] as number);
  if (!isWireCloseCode(code)) throw new ProtocolError(`bad close code ${code}`);
  const utf8 = new Utf8Validator();
  if (!utf8.push(payload, 2, payload.byteLength) || !utf8.complete) {
    throw new ProtocolError("invalid utf8 payload in close frame", CloseInvalidFramePayloadData);
  }
  return new CloseError(code, decodeText(payload.subarray(2)));
}
