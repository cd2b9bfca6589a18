import {
  createJSONRPCNotification,
  createJSONRPCRequest,
  type JSONRPCErrorResponse,
  type JSONRPCRequest,
  type JSONRPCResponse,
} from "json-rpc-2.0";
import type { Request } from "../codec.js";
import type { RawJSON } from "../json/raw.js";

// In the messages that pass through the engine, `id`, `params`, `result` and `data` are texts: they reach the wire as
// they are, and an id goes back byte for byte.

/** Spells a response. */
export function responseText({ id, result, error }: JSONRPCResponse): RawJSON {
  const outcome = error === undefined ? `"result":${String(result)}` : `"error":${errorText(error)}`;
  return `{"jsonrpc":"2.0",${outcome},"id":${id ?? "null"}}`;
}

function errorText({ code, message, data }: JSONRPCErrorResponse["error"]): RawJSON {
  const more = data === undefined ? "" : `,"data":${String(data)}`;
  return `{"code":${code},"message":${JSON.stringify(message)}${more}}`;
}

/** Spells a request, or a notification. */
export function requestText(request: Request, params: RawJSON | undefined): RawJSON {
  const { serviceMethod: method, seq } = request;
  const message = request.isNotification
    ? createJSONRPCNotification(method, params)
    : createJSONRPCRequest(String(seq), method, params);
  return messageText(message, extrasText(request));
}

/** Spells a notification of the protocol itself. */
export function notificationText(method: string, params: RawJSON): RawJSON {
  return messageText(createJSONRPCNotification(method, params), "");
}

function messageText({ method, params, id }: JSONRPCRequest, extras: string): RawJSON {
  const args = params === undefined ? "" : `,"params":${String(params)}`;
  const end = id === undefined ? "" : `,"id":${id}`;
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)}${args}${extras}${end}}`;
}

function extrasText({ meta, timeoutMs, window }: Request): string {
  let text = "";
  if (meta !== undefined) text += `,"meta":${JSON.stringify(meta)}`;
  if (timeoutMs !== undefined) text += `,"timeoutMs":${timeoutMs}`;
  if (window !== undefined) text += `,"window":${window}`;
  return text;
}
