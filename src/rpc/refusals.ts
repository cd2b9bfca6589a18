import type { AnySchemaIssue } from "../gob/any-schema.js";
import { issuesText } from "./contract.js";
import { ServerError } from "./errors.js";

/** Nobody serves what was asked for; `words` are Go's. */
export function noMethod(words: string): ServerError {
  return new ServerError(words, { code: "ERR_RPC_NO_METHOD" });
}

/** The arguments are not what the contract says. */
export function invalidArgs(serviceMethod: string, issues: readonly AnySchemaIssue[]): ServerError {
  const text = `rpc: invalid arguments for ${serviceMethod}: ${issuesText(issues)}`;
  return new ServerError(text, { code: "ERR_RPC_INVALID_ARGS", data: { issues } });
}

/** Too many calls run and wait already. */
export function busy(): ServerError {
  return new ServerError("rpc: server is busy: too many calls wait", { code: "ERR_RPC_BUSY" });
}

/** The server answers what it has begun, and nothing more. */
export function shuttingDown(): ServerError {
  return new ServerError("rpc: server is shutting down", { code: "ERR_RPC_SHUTDOWN" });
}

/** The method sends many replies, to a caller or over a codec that takes one. */
export function noStream(serviceMethod: string, codec: string, canStream: boolean): ServerError {
  const why = canStream ? "read it with stream" : `codec ${codec} carries one`;
  return new ServerError(`rpc: ${serviceMethod} sends many replies: ${why}`, { code: "ERR_RPC_STREAM" });
}
