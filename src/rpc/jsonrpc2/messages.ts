import { isJSONRPCRequest, isJSONRPCResponse } from "json-rpc-2.0";
import { parseValue } from "../../gob/json/parse.js";
import { eachElement, eachMember, kept, kindOf, type RawJSON } from "../json/raw.js";

/** A request, or a notification: then there is no `id`. Its members beside the method are as they stood in the message. */
export interface RequestText {
  readonly kind: "request";
  readonly method: string;
  readonly params: RawJSON | undefined;
  readonly id: RawJSON | undefined;
  readonly meta: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs: number | undefined;
  readonly window: number | undefined;
}

/** A response, with its members as they stood in the message. */
export interface ResponseText {
  readonly kind: "response";
  readonly id: RawJSON;
  readonly result: RawJSON | undefined;
  /** Never `null` in the message. */
  readonly error: RawJSON | undefined;
}

/** What is neither. */
export interface InvalidText {
  readonly kind: "invalid";
  /** The id, if there is one that a response can have. */
  readonly id: RawJSON | undefined;
  /** Whether it looks like a response. An answer to one might be answered in turn, without an end. */
  readonly isResponse: boolean;
}

/** Something that a message may be, or consist of. */
export type Part = RequestText | ResponseText | InvalidText;

/** A message taken apart. */
export interface Message {
  readonly isBatch: boolean;
  readonly parts: readonly Part[];
}

/** The default of `maxBatchSize`. */
export const defaultMaxBatchSize = 1024;

type Members = Partial<Record<string, RawJSON>>;

const known = new Set(["jsonrpc", "method", "params", "id", "result", "error", "meta", "timeoutMs", "window"]);

/** Takes a message apart; `null` for a batch of more than `maxBatchSize`. */
export function readMessage(raw: RawJSON, maxBatchSize: number): Message | null {
  if (kindOf(raw) !== "array") return { isBatch: false, parts: [readPart(raw)] };
  const parts: Part[] = [];
  let isTooLarge = false;
  eachElement(raw, (element) => {
    isTooLarge = parts.length === maxBatchSize;
    if (!isTooLarge) parts.push(readPart(element));
    return !isTooLarge;
  });
  return isTooLarge ? null : { isBatch: true, parts };
}

/** Tells whether a message calls for an answer. */
export function wantsAnswer({ isBatch, parts }: Message): boolean {
  return (isBatch && parts.length === 0) || parts.some(partWantsAnswer);
}

function partWantsAnswer(part: Part): boolean {
  return part.kind === "request" ? part.id !== undefined : part.kind === "invalid" && !part.isResponse;
}

function readPart(raw: RawJSON): Part {
  if (kindOf(raw) !== "object") return { kind: "invalid", id: undefined, isResponse: false };
  const members = membersOf(raw);
  const looksLikeResponse = members["method"] === undefined && (members["result"] ?? members["error"]) !== undefined;
  return looksLikeResponse ? readResponse(members) : readRequest(members);
}

/** Takes the members that the protocol knows; the last one of a name counts. */
function membersOf(raw: RawJSON): Members {
  const members: Members = {};
  eachMember(raw, (key, value) => {
    if (known.has(key)) members[key] = value;
  });
  return members;
}

function readResponse(members: Members): ResponseText | InvalidText {
  const { id, result } = members;
  const error = members["error"] === "null" ? undefined : members["error"];
  const version = versionOf(members);
  const isValid = isJSONRPCResponse({ jsonrpc: version, id, result, error: members["error"] });
  if (!isValid || !isId(id)) return { kind: "invalid", id: undefined, isResponse: true };
  return { kind: "response", id, result, error };
}

function readRequest(members: Members): RequestText | InvalidText {
  const { id, params, result, error } = members;
  const method = stringOf(members["method"]);
  const isValid =
    isJSONRPCRequest({ jsonrpc: versionOf(members), method, result, error }) &&
    (id === undefined || isId(id)) &&
    (params === undefined || isStructured(params));
  if (!isValid) return { kind: "invalid", id: isId(id) ? id : undefined, isResponse: false };
  return {
    kind: "request",
    method: method as string,
    params: params === "null" ? undefined : params,
    id: id === undefined ? undefined : kept(id),
    meta: metaOf(members["meta"]),
    timeoutMs: positive(members["timeoutMs"]),
    window: positive(members["window"]),
  };
}

function versionOf(members: Members): string | undefined {
  return stringOf(members["jsonrpc"]);
}

function stringOf(raw: RawJSON | undefined): string | undefined {
  return raw !== undefined && kindOf(raw) === "string" ? (JSON.parse(raw) as string) : undefined;
}

/** A null in place of params is what some send for none. */
function isStructured(raw: RawJSON): boolean {
  const kind = kindOf(raw);
  return kind === "object" || kind === "array" || kind === "null";
}

function isId(raw: RawJSON | undefined): raw is RawJSON {
  if (raw === undefined) return false;
  const kind = kindOf(raw);
  return kind === "string" || kind === "number" || kind === "null";
}

function metaOf(raw: RawJSON | undefined): Readonly<Record<string, string>> | undefined {
  if (raw === undefined || kindOf(raw) !== "object") return undefined;
  const entries = Object.entries(parseValue(raw) as Record<string, unknown>);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function positive(raw: RawJSON | undefined): number | undefined {
  const n = raw === undefined || kindOf(raw) !== "number" ? 0 : Number(raw);
  return n > 0 && Number.isFinite(n) ? n : undefined;
}

/** Returns a member of an object. */
export function memberOf(raw: RawJSON | undefined, name: string): RawJSON | undefined {
  let found: RawJSON | undefined;
  if (raw === undefined || kindOf(raw) !== "object") return undefined;
  eachMember(raw, (key, value) => {
    if (key === name) found = value;
  });
  return found;
}
