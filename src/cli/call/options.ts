import type { CodecName } from "../../rpc/codec.js";
import { type DialSettings, dialFlags, dialSettings } from "../dial-flags.js";
import { checkWords, commonFlags, parseChoice, parseDuration, parseFlags, parsePairs } from "../flags.js";
import { parseTarget, type Target } from "../target.js";
import { UsageError } from "../usage-error.js";

const codecs: readonly CodecName[] = ["msgpack", "gob", "jsonrpc", "jsonrpc2"];
const schemes = ["tcp", "tls", "unix", "ws", "wss", "http", "https"] as const;
const defaultTimeoutMs = 30_000;

/** What the command line asks for. */
export interface CallOptions {
  readonly target: Target;
  /** As `Arith.Multiply`. */
  readonly method: string;
  /** JSON, or `-` for stdin. */
  readonly args: string;
  readonly codec: CodecName;
  readonly kind: "call" | "stream" | "notify";
  /** Whether the elements of a list are the arguments of JSON-RPC 2.0. */
  readonly isPositional: boolean;
  readonly meta: Readonly<Record<string, string>>;
  /** For all of it; a stream may go on for ever unless it is told otherwise. */
  readonly timeoutMs: number;
  /** Whether that was asked for. */
  readonly isTimed: boolean;
  readonly dial: DialSettings;
}

const flags = {
  ...commonFlags,
  ...dialFlags,
  codec: { type: "string", short: "c" },
  meta: { type: "string", short: "m", multiple: true },
  stream: { type: "boolean", default: false },
  notify: { type: "boolean", default: false },
  positional: { type: "boolean", default: false },
} as const;

/**
 * Reads the words behind `toolkit call`, and the files that they name.
 * @throws {UsageError} when they make no sense
 */
export function parseCall(words: readonly string[]): CallOptions {
  const { values, positionals } = parseFlags(words, flags);
  checkWords(positionals, ["URL", "METHOD"], 3);
  const [url = "", method = "", args = "{}"] = positionals;
  const target = parseTarget(url, schemes);
  if (values.stream && values.notify) throw new UsageError("--stream and --notify exclude each other");
  const codec = parseChoice("codec", values.codec ?? defaultCodec(target), codecs);
  if (values.positional && codec !== "jsonrpc2") throw new UsageError("--positional is for --codec jsonrpc2");
  return {
    target,
    method,
    args,
    codec,
    kind: values.stream ? "stream" : values.notify ? "notify" : "call",
    isPositional: values.positional,
    meta: Object.fromEntries(parsePairs("meta", values.meta ?? [], "=")),
    timeoutMs: values.timeout === undefined ? defaultTimeoutMs : parseDuration("timeout", values.timeout),
    isTimed: values.timeout !== undefined,
    dial: dialSettings(values, target),
  };
}

/** Go's servers speak gob behind HTTP. */
function defaultCodec({ scheme }: Target): CodecName {
  return scheme === "http" || scheme === "https" ? "gob" : "msgpack";
}
