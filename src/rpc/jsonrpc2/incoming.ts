import { JSONRPCErrorCode } from "json-rpc-2.0";
import { parseValue } from "../../gob/json/parse.js";
import type { Response } from "../codec.js";
import { ProtocolError } from "../errors.js";
import { kindOf, type RawJSON } from "../json/raw.js";
import { codeOf } from "./codes.js";
import { memberOf, type ResponseText } from "./messages.js";

/**
 * Reads the header of a response; `null` for one to an id that is none of ours.
 * @throws {ProtocolError} for the error of a peer that did not understand us: it cannot tell which call it means
 */
export function readResponse({ id, error }: ResponseText): Response | null {
  const failure = error === undefined ? undefined : readError(error);
  const seq = seqOf(id);
  if (seq !== null) return { serviceMethod: "", seq, ...(failure ?? { error: "" }) };
  const { ParseError, InvalidRequest } = JSONRPCErrorCode;
  if (id !== "null" || (failure?.code !== ParseError && failure?.code !== InvalidRequest)) return null;
  throw new ProtocolError(`jsonrpc2: peer answers ${failure.error} (${failure.code})`);
}

/** Reads the params of a reply of a stream; `null` if they are none. */
export function readProgress(params: RawJSON | undefined): { header: Response; body: RawJSON } | null {
  const seq = seqOf(memberOf(params, "id") ?? "");
  const body = memberOf(params, "value");
  return seq === null || body === undefined
    ? null
    : { header: { serviceMethod: "", seq, error: "", isPartial: true }, body };
}

/** Our ids are natural numbers. */
function seqOf(id: RawJSON): number | bigint | null {
  if (!/^\d{1,20}$/.test(id)) return null;
  const n = Number(id);
  return Number.isSafeInteger(n) ? n : BigInt(id);
}

/** Reads an error, of whatever shape, as far as it goes. */
function readError(raw: RawJSON): Pick<Response, "error" | "code" | "data"> {
  const value = parseValue(raw);
  if (kindOf(raw) !== "object") return { error: typeof value === "string" && value !== "" ? value : raw };
  const { code, message, data } = value as { code?: unknown; message?: unknown; data?: unknown };
  const error = typeof message === "string" && message !== "" ? message : "unspecified error";
  return { error, code: codeOf(code), data };
}
