import { availableParallelism, cpus } from "node:os";
import { candidates } from "./candidates.js";
import type { Row } from "./compare.js";
import { largeBurst, largeMessageBytes, smallBurst } from "./loads.js";
import { transports } from "./transports.js";

const width = 79;

const meanings = [
  `One message at a time for round trips and latency; up to ${2 * smallBurst} small or ${2 * largeBurst} large ones ` +
    "under way for the rates. The best round; there and back counts once.",
  "Wire bytes of one small message, as a relay counts them on top of TCP, UDP or the Unix socket: the headers of TCP, " +
    "UDP and IP are not among them.",
];

/** Tells what the figures were measured on. */
export function machine(): { node: string; cpu: string; cpuCount: number } {
  return { node: process.version, cpu: cpus()[0]?.model.trim() ?? "unknown", cpuCount: availableParallelism() };
}

/** Says below the table what the figures mean, and what is special about its rows. */
export function notesOn(rows: readonly Row[], seconds: number): string {
  const { node, cpu, cpuCount } = machine();
  const about = `Node ${node} on ${cpuCount} × ${cpu}, ${Math.round(seconds)} s.`;
  const special = rows.map(noteOn).filter((note) => note !== "");
  return [about, ...meanings, ...special].map(wrap).join("\n");
}

function noteOn(row: Row): string {
  const { transport, note } = candidates[row.name];
  const parts = note === undefined ? [] : [note];
  if ("figures" in row) {
    const { largeMessageBytes: bytes, lostMessages, sentMessages } = row.figures;
    if (bytes !== largeMessageBytes) parts.push(`large messages have ${kibibytes(bytes)}, as no more fits`);
    if (transports[transport].lossy) parts.push(`lost: ${grouped(lostMessages)} of ${grouped(sentMessages)}`);
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
