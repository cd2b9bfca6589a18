import type { Bytes } from "../../net/conn.js";

/** Where Go's net/rpc serves by default. @see {@link https://pkg.go.dev/net/rpc#pkg-constants | Go rpc.DefaultRPCPath} */
export const defaultRPCPath = "/_goRPC_";
/** Where Go's net/rpc shows itself by default. @see {@link https://pkg.go.dev/net/rpc#pkg-constants | Go rpc.DefaultDebugPath} */
export const defaultDebugPath = "/debug/rpc";
/** What the status line of a server that accepts says, as Go's does and Go's clients demand. */
export const connectedStatus = "200 Connected to Go RPC";
/** What a server that accepts answers, byte for byte as Go's does. */
export const connectedAnswer = `HTTP/1.0 ${connectedStatus}\n\n`;

/** A request to CONNECT whose header is complete. */
export interface ConnectHead {
  /** What it wants to be connected to, as it is written. */
  readonly target: string;
  /** The header with its lines ended as RFC 9112 has it, and not as Go's clients do. */
  readonly normalized: Bytes;
  /** How many bytes of it arrived. */
  readonly byteLength: number;
}

const method = "CONNECT ";
const latin1 = new TextDecoder("latin1");
const requestLine = /^CONNECT (\S+) HTTP\/1\.[01]$/;

/**
 * Reads the header of a request if it is one to CONNECT to a path: `"more"` if that is still to be seen, `null` if it is
 * something else. A proxy's CONNECT has a host where ours has a path. Lines may end with a bare line feed.
 */
export function readConnectHead(bytes: Bytes): ConnectHead | "more" | null {
  const text = latin1.decode(bytes);
  if (!text.startsWith(`${method}/`)) return `${method}/`.startsWith(text) ? "more" : null;
  const firstEnd = text.indexOf("\n");
  if (firstEnd < 0) return "more";
  const target = requestLine.exec(text.slice(0, firstEnd).replace(/\r$/, ""))?.[1];
  if (target === undefined) return null;
  const byteLength = headEnd(text, firstEnd);
  if (byteLength < 0) return "more";
  const normalized = text.slice(0, byteLength).replace(/\r?\n/g, "\r\n");
  return { target, normalized: encodeLatin1(normalized), byteLength };
}

/** Returns where a header ends: behind its first empty line, or -1. */
export function headEnd(text: string, from = 0): number {
  const end = /\n\r?\n/.exec(text.slice(from));
  return end === null ? -1 : from + end.index + end[0].length;
}

/** Returns the path of a request's target, without its query. */
export function pathOf(target: string): string {
  return target.split("?", 1)[0] as string;
}

/** Turns text into the bytes that it came from. */
export function encodeLatin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
