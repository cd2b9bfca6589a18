import { type DialSettings, dialFlags, dialSettings } from "../dial-flags.js";
import { checkWords, commonFlags, parseDuration, parseFlags } from "../flags.js";
import { parseTarget } from "../target.js";

/** What the command line asks for. */
export interface WSOptions {
  readonly url: string;
  readonly subprotocols: readonly string[];
  readonly compress: boolean;
  /** How long to listen after the end of stdin. */
  readonly waitMs: number;
  readonly timeoutMs: number;
  readonly dial: DialSettings;
}

const flags = {
  ...commonFlags,
  ...dialFlags,
  subprotocol: { type: "string", multiple: true },
  compress: { type: "boolean", default: false },
  wait: { type: "string" },
} as const;

/**
 * Reads the words behind `toolkit ws`, and the files that they name.
 * @throws {UsageError} when they make no sense
 */
export function parseWS(words: readonly string[]): WSOptions {
  const { values, positionals } = parseFlags(words, flags);
  checkWords(positionals, ["URL"]);
  const target = parseTarget(positionals[0] ?? "", ["ws", "wss"]);
  return {
    url: target.url,
    subprotocols: values.subprotocol ?? [],
    compress: values.compress,
    waitMs: parseDuration("wait", values.wait ?? "1s"),
    timeoutMs: parseDuration("timeout", values.timeout ?? "30s"),
    dial: dialSettings(values, target),
  };
}
