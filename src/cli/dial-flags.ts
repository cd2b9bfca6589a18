import { readFileSync } from "node:fs";
import { parsePairs } from "./flags.js";
import type { Target } from "./target.js";
import { UsageError } from "./usage-error.js";

/** The flags of what connects. */
export const dialFlags = {
  ca: { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  "server-name": { type: "string" },
  insecure: { type: "boolean", default: false },
  header: { type: "string", short: "H", multiple: true },
  timeout: { type: "string" },
} as const;

/** What they are, for the help. */
export const dialFlagsText = `  --timeout <time>   give up after so long, as in 500ms, 5s, 2m
  -H, --header <h>   a header field of a WebSocket's handshake, as in 'Origin: http://x'
  --ca <file>        whom to trust, in PEM, instead of the well-known authorities
  --cert, --key      our own certificate and its key, files in PEM
  --server-name <n>  the name that the server's certificate must have
  --insecure         take any certificate`;

/** The values of {@link dialFlags}. */
export interface DialFlags {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly "server-name"?: string | undefined;
  readonly insecure: boolean;
  readonly header?: readonly string[] | undefined;
}

/** How to connect. */
export interface DialSettings {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
  readonly rejectUnauthorized: boolean;
  readonly headers: readonly [string, string][];
}

/**
 * Makes settings of the flags, with what is in the files.
 * @throws {UsageError} for header fields where there is no handshake
 */
export function dialSettings(flags: DialFlags, { scheme }: Target): DialSettings {
  const headers = parsePairs("header", flags.header ?? [], ":");
  if (headers.length > 0 && scheme !== "ws" && scheme !== "wss") {
    throw new UsageError(`--header is for ws and wss: ${scheme} sends none`);
  }
  return {
    ca: textOf(flags.ca),
    cert: textOf(flags.cert),
    key: textOf(flags.key),
    serverName: flags["server-name"],
    rejectUnauthorized: !flags.insecure,
    headers,
  };
}

function textOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, "utf8");
}
