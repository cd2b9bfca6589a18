import { styleText } from "node:util";

/** What text is painted with. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow";

/** Paints text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Leaves text as it is. */
export function plain(_style: Style, text: string): string {
  return text;
}

/** Returns what paints for a stream: nothing, unless it shows colours, or `FORCE_COLOR` says that it does. */
export function paintFor(stream: NodeJS.WriteStream, allowed: boolean): Paint {
  return allowed ? (style, text) => styleText(style, text, { stream, validateStream: true }) : plain;
}

/** Breaks a text into lines of 80 columns at most, and indents all but the first. */
export function wrap(text: string, indent = "  "): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + 1 + word.length > 80) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}
