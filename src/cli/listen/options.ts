import { readFileSync } from "node:fs";
import { checkWords, commonFlags, parseFlags } from "../flags.js";
import { parseTarget, type Target } from "../target.js";
import { UsageError } from "../usage-error.js";

/** What the command line asks for. */
export interface ListenOptions {
  readonly target: Target;
  /** What to do with what arrives. */
  readonly does: "echo" | "print" | "raw";
  /** Whether to end with the first connection. */
  readonly once: boolean;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Whether WebSockets of pages from elsewhere are served. */
  readonly anyOrigin: boolean;
}

const flags = {
  ...commonFlags,
  echo: { type: "boolean", default: false },
  raw: { type: "boolean", default: false },
  once: { type: "boolean", default: false },
  "any-origin": { type: "boolean", default: false },
  cert: { type: "string" },
  key: { type: "string" },
} as const;

/**
 * Reads the words behind `toolkit listen`, and the files that they name.
 * @throws {UsageError} when they make no sense
 */
export function parseListen(words: readonly string[]): ListenOptions {
  const { values, positionals } = parseFlags(words, flags);
  checkWords(positionals, ["URL"]);
  const target = parseTarget(positionals[0] ?? "", ["tcp", "tls", "unix", "udp", "ws", "wss"]);
  const { echo, raw, once, cert, key, json } = values;
  if ([echo, raw, json].filter(Boolean).length > 1 && raw)
    throw new UsageError("--raw goes with neither --echo nor --json");
  const isSecure = target.scheme === "tls" || target.scheme === "wss";
  if (isSecure && (cert === undefined || key === undefined)) {
    throw new UsageError(`${target.scheme} needs a certificate: give --cert and --key`);
  }
  return {
    target,
    does: echo ? "echo" : raw ? "raw" : "print",
    once,
    cert: isSecure && cert !== undefined ? readFileSync(cert, "utf8") : undefined,
    key: isSecure && key !== undefined ? readFileSync(key, "utf8") : undefined,
    anyOrigin: values["any-origin"],
  };
}
