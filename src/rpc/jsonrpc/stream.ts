import { ProtocolError } from "../errors.js";
import { eachMember, kindOf, type RawJSON } from "../json/raw.js";

/** A request of JSON-RPC 1.0. What is absent or null is `null`. */
export interface RequestText {
  readonly method: string;
  readonly params: RawJSON | null;
  readonly id: RawJSON | null;
}

/** A response of JSON-RPC 1.0. What is absent or null is `null`. */
export interface ResponseText {
  readonly id: number | bigint;
  readonly result: RawJSON | null;
  readonly error: RawJSON | null;
}

type Members<K extends string> = Record<K, RawJSON | null>;

/**
 * Takes a request apart.
 * @throws {ProtocolError} in Go's words, as `json: cannot unmarshal array into Go value of type jsonrpc.serverRequest`
 */
export function readRequest(raw: RawJSON): RequestText {
  const { method, params, id } = membersOf(raw, "jsonrpc.serverRequest", { method: null, params: null, id: null });
  if (method !== null && kindOf(method) !== "string") throw mismatch(method, "serverRequest.method", "string");
  return { method: method === null ? "" : (JSON.parse(method) as string), params, id };
}

/**
 * Takes a response apart.
 * @throws {ProtocolError} in Go's words
 */
export function readResponse(raw: RawJSON): ResponseText {
  const { id, result, error } = membersOf(raw, "jsonrpc.clientResponse", { id: null, result: null, error: null });
  if (id !== null && !/^\d+$/.test(id)) throw mismatch(id, "clientResponse.id", "uint64");
  return { id: id === null ? 0 : seqOf(id), result, error };
}

function seqOf(id: RawJSON): number | bigint {
  if (id.length > 20) throw mismatch(id, "clientResponse.id", "uint64");
  const n = Number(id);
  return Number.isSafeInteger(n) ? n : BigInt(id);
}

/** Finds members whatever the case of their keys, as Go does; the last one of a name counts. */
function membersOf<K extends string>(raw: RawJSON, type: string, members: Members<K>): Members<K> {
  const kind = kindOf(raw);
  if (kind === "null") return members;
  if (kind !== "object") throw new ProtocolError(`json: cannot unmarshal ${kind} into Go value of type ${type}`);
  const names = Object.keys(members) as K[];
  eachMember(raw, (key, value) => {
    const name = names.find((each) => each === key) ?? names.find((each) => isSameName(each, key));
    if (name !== undefined) members[name] = value === "null" ? null : value;
  });
  return members;
}

/** Compares by the rules of case that Go's encoding/json and regular expressions share. */
function isSameName(name: string, key: string): boolean {
  return key.length === name.length && new RegExp(`^${name}$`, "iu").test(key);
}

function mismatch(raw: RawJSON, field: string, type: string): ProtocolError {
  const kind = kindOf(raw);
  const shown = kind === "number" && type !== "string" ? `number ${raw.slice(0, 32)}` : kind;
  return new ProtocolError(`json: cannot unmarshal ${shown} into Go struct field ${field} of type ${type}`);
}
