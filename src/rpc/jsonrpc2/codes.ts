import { JSONRPCErrorCode } from "json-rpc-2.0";
import type { Response } from "../codec.js";

/** What an error is that has no code of its own. */
const serverError = -32_000;

/** Codes of ours that JSON-RPC has a number for, or leaves to the implementation, as those from -32000 on. */
const numbers: ReadonlyMap<string | number, number> = new Map<string | number, number>([
  ["ERR_RPC_NO_METHOD", JSONRPCErrorCode.MethodNotFound],
  ["ERR_RPC_INVALID_ARGS", JSONRPCErrorCode.InvalidParams],
  ["ERR_RPC_INTERNAL", JSONRPCErrorCode.InternalError],
  ["ERR_RPC_BUSY", -32_001],
  ["ERR_RPC_SHUTDOWN", -32_002],
  ["ERR_RPC_STREAM", -32_003],
  ["ERR_RPC_SERVER", serverError],
]);
const names: ReadonlyMap<number, string | number> = new Map([...numbers].map(([name, number]) => [number, name]));

/** Gives the number that tells an error apart: never 0. */
export function numberOf(code: Response["code"]): number {
  if (typeof code === "number" && Number.isSafeInteger(code) && code !== 0) return code;
  return (code === undefined ? undefined : numbers.get(code)) ?? serverError;
}

/** Gives our name for a number, or the number itself; nothing for 0, which tells nothing. */
export function codeOf(number: unknown): Response["code"] {
  if (typeof number !== "number" || number === 0) return undefined;
  return names.get(number) ?? number;
}
