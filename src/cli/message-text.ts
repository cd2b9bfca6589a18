import { hexDump } from "./hex.js";
import { asText, printable } from "./printable.js";

/** So many bytes are dumped for eyes; `--json` has them all. */
const mostDumped = 65_536;

/** Describes bytes: as the text that they are, else as a hex dump. Safe for a terminal. */
export function describeBytes(bytes: Uint8Array): string {
  const text = asText(bytes);
  return text === null ? dump(bytes) : printable(text.replace(/\r?\n$/, ""), "\n\t");
}

/** Dumps bytes under a line that says how many they are. */
export function dump(bytes: Uint8Array): string {
  const head = `binary, ${bytes.byteLength} bytes`;
  return bytes.byteLength === 0 ? head : `${head}\n${hexDump(bytes, mostDumped)}`;
}

/** Puts a prefix before every line. */
export function prefixed(prefix: string, text: string): string {
  return text
    .split("\n")
    .map((line) => prefix + line)
    .join("\n");
}
