import { type ConnOptions, settingsOf } from "../conn-options.js";
import { NotSupportedError } from "../not-supported-error.js";
import type { BrowserSettings } from "./session.js";

/** Options of a {@link Dialer}; the others of Node's are refused with a {@link NotSupportedError}. */
export interface DialerOptions {
  /**
   * How long dialling may take, with all handshakes, in ms; 0 for no limit, as in gorilla. A negative time is over at
   * once. @default 45_000
   */
  handshakeTimeoutMs?: number | undefined;
  /** What the client can speak, best first; the server chooses one or none. @default none */
  subprotocols?: readonly string[] | undefined;
  /** Is taken and changes nothing: a browser offers permessage-deflate of itself. Settings of it are refused. */
  enableCompression?: boolean | object | undefined;
  /** The most bytes of a message; a larger one ends the conn with 4009. 0 for no limit. @default 33_554_432 */
  maxMessageBytes?: number | undefined;
  /**
   * How many bytes may wait for a peer that does not read: a write beyond is refused. And how many may wait to be read:
   * beyond, the peer is stopped where `webSocketStream` is used, and the conn ended with 4008 else, as a browser's plain
   * WebSocket cannot be stopped. 0 for no limit. @default 16_777_216
   */
  maxQueuedBytes?: number | undefined;
  /** How long a closing handshake may take, in ms, before we let go of the connection. @default 5000 */
  closeTimeoutMs?: number | undefined;
  /**
   * Whether to use the browser's WebSocketStream, where there is one: it can stop a peer that sends more than is read.
   * Mind that Chromium (156) crashes the page when the network fails while a write waits. @default false
   */
  webSocketStream?: boolean | undefined;
}

/** Options of {@link dial}: those of a {@link Dialer}, and those of one dialling. */
export interface DialOptions extends DialerOptions {
  /** Aborts dialling: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * How long dialling may take, in ms: `handshakeTimeoutMs` by the name that all adapters have for it, but 0 is over at
   * once. @default 45_000
   */
  timeoutMs?: number | undefined;
}

/** The options that a browser can do something about. */
const known: readonly string[] = [
  "handshakeTimeoutMs",
  "subprotocols",
  "enableCompression",
  "maxMessageBytes",
  "maxQueuedBytes",
  "closeTimeoutMs",
  "webSocketStream",
  "signal",
  "timeoutMs",
];

/**
 * Fills in the defaults.
 * @throws {NotSupportedError} for an option that a browser cannot do anything about; `undefined`, `null` and `false`
 * ask for nothing
 * @throws {RangeError} when an option is no number that makes sense
 */
export function readOptions(options: DialerOptions): BrowserSettings {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const asks = value !== undefined && value !== null && value !== false;
    if (asks && (!known.includes(name) || (name === "enableCompression" && value !== true))) {
      throw new NotSupportedError(`option ${name}`);
    }
  }
  const { maxMessageBytes, maxQueuedBytes, closeTimeoutMs } = options;
  return settingsOf({ maxMessageBytes, maxQueuedBytes, closeTimeoutMs } satisfies ConnOptions);
}
