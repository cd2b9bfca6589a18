import { availableParallelism, cpus } from "node:os";
import { candidates } from "./candidates.js";
import type { Row } from "./compare.js";
import { largeBurst, largeMessageBytes, smallBurst, smallMessageBytes } from "./loads.js";
import { transports } from "./transports.js";

const width = 79;

const meanings = [
  `Each message goes to the server and back: one at a time for round trips and latency, up to ${2 * smallBurst} of ` +
    `${smallMessageBytes} B or ${2 * largeBurst} of ${kibibytes(largeMessageBytes)} under way for the rates behind ` +
    "them, which count it once.",
  `On the wire: bytes there + back for a message of ${smallMessageBytes} B on its own, counted by a relay on top of ` +
    "TCP, UDP or the Unix socket, so without the headers of TCP, UDP and IP.",
];

/** Tells what the figures were measured on. */
export function machine(): { node: string; cpu: string; cpus: number } {
  return { node: process.version, cpu: cpus()[0]?.model.trim() ?? "unknown", cpus: availableParallelism() };
}

/** Says below the table what the figures mean, and what is special about its rows. */
export function notesOn(rows: readonly Row[], seconds: number): string {
  const { node, cpu, cpus } = machine();
  const about = `Node ${node} on ${cpus} × ${cpu}, ${Math.round(seconds)} s.`;
  const special = rows.map(noteOn).filter((note) => note !== "");
  return [about, ...meanings, ...special].map(wrap).join("\n");
}

function noteOn(row: Row): string {
  const { transport, note } = candidates[row.name];
  const parts = note === undefined ? [] : [note];
  if ("figures" in row) {
    const { largeMessageBytes: bytes, lostMessages, sentMessages } = row.figures;
    if (bytes !== largeMessageBytes) parts.push(`its large messages have ${kibibytes(bytes)}, as no more fits`);
    if (transports[transport].lossy)
      parts.push(`${grouped(lostMessages)} of ${grouped(sentMessages)} messages were lost`);
  }
  return parts.length === 0 ? "" : `${row.name}: ${parts.join("; ")}.`;
}

function kibibytes(bytes: number): string {
  return `${bytes / 1024} KiB`;
}

function grouped(n: number): string {
  return n.toLocaleString("en-US");
}

/** Breaks a text into lines, and indents all but the first. */
function wrap(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) as string;
    if (`${line} ${word}`.length > width) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}
