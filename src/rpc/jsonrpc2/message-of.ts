import { createJSONRPCErrorResponse, JSONRPCErrorCode } from "json-rpc-2.0";
import { LimitError } from "../../net/errors.js";
import { ProtocolError } from "../errors.js";
import { JSONFramer } from "../json/framer.js";
import { kindOf, type RawJSON, trimmed } from "../json/raw.js";
import { defaultMaxBatchSize, type Message, memberOf, readMessage } from "./messages.js";
import type { JSON2Limits } from "./stream.js";
import { responseText } from "./texts.js";

/** What a whole text is: a message of either version, or what its sender is told of it. */
export type Found =
  | { readonly version: 1 | 2; readonly message: Message; readonly error?: undefined }
  | { readonly error: RawJSON };

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Tells what message a body is, which ends with a new line. One without `jsonrpc` that is no batch is of version 1. */
export function messageOf(body: Uint8Array, limits: JSON2Limits): Found {
  const { ParseError, InvalidRequest } = JSONRPCErrorCode;
  try {
    if (!isOneValue(body, limits)) return refusal(ParseError, "Parse error");
  } catch (err) {
    if (err instanceof LimitError) return refusal(InvalidRequest, "Invalid Request", err.message);
    if (err instanceof ProtocolError) return refusal(ParseError, "Parse error");
    throw err;
  }
  const raw = trimmed(decoder.decode(body));
  const max = limits.maxBatchSize ?? defaultMaxBatchSize;
  const message = readMessage(raw, max);
  if (message === null) return refusal(InvalidRequest, "Invalid Request", `more than ${max} in a batch`);
  const isFirst = kindOf(raw) === "object" && memberOf(raw, "jsonrpc") === undefined;
  return { version: isFirst ? 1 : 2, message };
}

/** Tells whether there is one value, and nothing but white space after it. */
function isOneValue(body: Uint8Array, limits: JSON2Limits): boolean {
  const framer = new JSONFramer(limits);
  const n = framer.scan(body, 0, body.byteLength);
  if (n === 0 || framer.isBlank) return false;
  framer.scan(body, n, body.byteLength);
  return framer.isBlank;
}

function refusal(code: number, message: string, data?: string): Found {
  const more = data === undefined ? undefined : JSON.stringify(data);
  return { error: `${responseText(createJSONRPCErrorResponse(null, code, message, more))}\n` };
}
