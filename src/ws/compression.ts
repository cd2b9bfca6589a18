import { constants } from "node:zlib";
import {
  type DeflateOptions,
  type DeflateParams,
  type ExtensionParams,
  extension,
  PerMessageDeflate,
} from "./npm-ws.js";

/** How messages are compressed with permessage-deflate (RFC 7692), and what is negotiated. */
export interface CompressionOptions {
  /** zlib's level: 0 to 9, -1 for zlib's own default, -2 for Huffman codes alone. @default 1, as gorilla's */
  level?: number | undefined;
  /** Messages of fewer bytes go as they are. @default 128 */
  thresholdBytes?: number | undefined;
  /**
   * Whether a message may refer to the ones before it, which compresses small messages much better, and takes up to
   * 300 KiB for each conn for as long as it lives. @default false, as gorilla
   */
  contextTakeover?: boolean | undefined;
  /** The window that we compress with, 9 to 15 bits. @default 15, or what the peer asks for */
  windowBits?: number | undefined;
  /** The window that the peer may compress with, 9 to 15 bits. @default 15 */
  peerWindowBits?: number | undefined;
}

/** What two ends agreed on about compression. */
export interface Agreement {
  readonly isServer: boolean;
  readonly params: DeflateParams;
  readonly level: number;
  readonly thresholdBytes: number;
}

const name = "permessage-deflate";
const defaultThresholdBytes = 128;
/** A number without leading zeros (RFC 7692 section 7.1.2), or none. */
const windowBitsRule = /^(?:true|[89]|1[0-5])$/;
/** zlib cannot compress with a window of 8 bits, and silently takes 9. */
const tooSmallWindow = "8";
const maxWindowBits = 15;
/** The default of `level`: zlib's fastest, as gorilla's. */
export const defaultLevel = 1;

/** Prints what a client offers, for its `Sec-WebSocket-Extensions`. */
export function offerOf(options: CompressionOptions): string {
  return extension.format({ [name]: deflateOf(options, false).offer() });
}

/**
 * Chooses among a client's offers, the value of its `Sec-WebSocket-Extensions`, the first that can be honoured whole;
 * `null` if there is none. `answer` goes into the response.
 */
export function acceptOffer(
  header: string | undefined,
  options: CompressionOptions,
): { agreement: Agreement; answer: string } | null {
  for (const offer of offersIn(header)) {
    if (!hasGoodWindows(offer, "server_max_window_bits")) continue;
    const params = tryAccept([offer], options, true);
    if (params !== null) {
      return { agreement: agreementOf(params, options, true), answer: extension.format({ [name]: params }) };
    }
  }
  return null;
}

/**
 * Takes a server's answer to {@link offerOf}; `null` if it declined.
 * @throws {Error} when it answers something that was not offered, or that cannot be honoured
 */
export function acceptAnswer(header: string | undefined, options: CompressionOptions | null): Agreement | null {
  if (header === undefined) return null;
  const { [name]: answers = [], ...others } = extension.parse(header);
  if (options === null || Object.keys(others).length > 0) throw new Error("an extension that was not offered");
  const [answer] = answers;
  if (answer === undefined || answers.length > 1) throw new Error("invalid compression negotiation");
  if (!hasGoodWindows(answer, "client_max_window_bits")) throw new Error("a compression window that cannot be had");
  const params = deflateOf(options, false).accept([answer]);
  const { peerWindowBits } = options;
  if (peerWindowBits !== undefined && (params.server_max_window_bits ?? maxWindowBits) > peerWindowBits) {
    throw new Error("a larger compression window than was asked for");
  }
  if (options.contextTakeover !== true) {
    if (params.server_no_context_takeover !== true) throw new Error("a compression context that was not offered");
    params.client_no_context_takeover = true; // the server need not have said so
  }
  return agreementOf(params, options, false);
}

/** Tells whether both windows are numbers, and the one that we would compress with is one that zlib has. */
function hasGoodWindows(params: ExtensionParams, ours: string): boolean {
  const windows = ["server_max_window_bits", "client_max_window_bits"].flatMap((window) => params[window] ?? []);
  return windows.every((bits) => windowBitsRule.test(String(bits))) && params[ours]?.[0] !== tooSmallWindow;
}

/** Reads the offers of our extension; a header that breaks the grammar offers nothing. */
function offersIn(header: string | undefined): ExtensionParams[] {
  if (header === undefined) return [];
  try {
    return extension.parse(header)[name] ?? [];
  } catch {
    return [];
  }
}

function tryAccept(offers: ExtensionParams[], options: CompressionOptions, isServer: boolean): DeflateParams | null {
  try {
    return deflateOf(options, isServer).accept(offers);
  } catch {
    return null;
  }
}

function deflateOf(options: CompressionOptions, isServer: boolean): PerMessageDeflate {
  const alone = options.contextTakeover !== true;
  const { windowBits, peerWindowBits } = options;
  const parts: DeflateOptions = { isServer };
  if (alone) parts.serverNoContextTakeover = parts.clientNoContextTakeover = true;
  const [server, client] = isServer ? [windowBits, peerWindowBits] : [peerWindowBits, windowBits];
  if (server !== undefined) parts.serverMaxWindowBits = server;
  if (client !== undefined) parts.clientMaxWindowBits = client;
  return new PerMessageDeflate(parts);
}

function agreementOf(params: DeflateParams, options: CompressionOptions, isServer: boolean): Agreement {
  const { level = defaultLevel, thresholdBytes = defaultThresholdBytes } = options;
  return { isServer, params, level: checkLevel(level), thresholdBytes };
}

/**
 * Checks a level of compression.
 * @throws {RangeError} in gorilla's words, when it is none
 */
export function checkLevel(level: number): number {
  if (Number.isInteger(level) && level >= -2 && level <= constants.Z_BEST_COMPRESSION) return level;
  throw new RangeError("websocket: invalid compression level");
}
