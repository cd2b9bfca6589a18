import { parseHex } from "../hex.js";

/** What a line of the conversation asks for. */
export type Line =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "ping"; readonly text: string }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly text: string };

/** The commands of a conversation. */
export const lineCommands: readonly string[] = ["/ping", "/close", "/binary", "/help"];

/** What `/help` prints. */
export const lineHelp = `A line is sent as a text message; one that begins with // without the first slash.
/ping [text]            send a ping, and tell when its pong comes
/binary 00 ff 0a        send bytes
/binary @file           send a file as one binary message
/close [code [reason]]  close; so does Ctrl-D
/help                   print this`;

/** Reads a line of the conversation. */
export function parseLine(line: string): Line {
  if (!line.startsWith("/")) return { kind: "text", text: line };
  if (line.startsWith("//")) return { kind: "text", text: line.slice(1) };
  const [, name = "", rest = ""] = /^\/(\S*)\s*(.*)$/s.exec(line) ?? [];
  switch (name) {
    case "ping":
      return new TextEncoder().encode(rest).byteLength > 125
        ? { kind: "mistake", text: "a ping has room for 125 bytes" }
        : { kind: "ping", text: rest };
    case "close":
      return parseClose(rest);
    case "binary":
      return parseBinary(rest);
    case "help":
      return { kind: "help" };
    default:
      return { kind: "mistake", text: `there is no /${name}; /help tells what there is, // sends a slash` };
  }
}

function parseClose(words: string): Line {
  const [, digits = "", reason = ""] = /^(\d*)\s*(.*)$/s.exec(words) ?? [];
  const code = digits === "" ? 1000 : Number(digits);
  const isCode = digits === "" ? reason === "" : isSendable(code);
  if (!isCode) return { kind: "mistake", text: "give a code from 1000 to 1014 or 3000 to 4999, and perhaps a reason" };
  if (new TextEncoder().encode(reason).byteLength > 123)
    return { kind: "mistake", text: "a reason has 123 bytes at most" };
  return { kind: "close", code, reason };
}

function isSendable(code: number): boolean {
  return (code >= 3000 && code <= 4999) || (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code));
}

function parseBinary(rest: string): Line {
  if (rest.startsWith("@") && rest.length > 1) return { kind: "file", path: rest.slice(1).trim() };
  const bytes = parseHex(rest);
  return bytes === null
    ? { kind: "mistake", text: "give pairs of hexadecimal digits, or @file" }
    : { kind: "binary", bytes };
}
