import { styleText } from "node:util";
import Table from "cli-table3";
import type { Row } from "./compare.js";
import { largeMessageBytes, smallMessageBytes } from "./loads.js";
import { machine, notesOn } from "./notes.js";

type Measured = Extract<Row, { figures: unknown }>;

const heads = [
  "transport",
  "round\ntrips/s",
  "latency\np50 µs",
  "latency\np99 µs",
  `${smallMessageBytes} B\nmessages/s`,
  `${largeMessageBytes / 1024} KiB\nMiB/s`,
  "wire bytes\nout + back",
];
/** Fixed, so that no error message makes the table wider than 80 columns. */
const widths = [11, 9, 9, 9, 12, 8, 13];

/** Renders the result as one JSON object; the units are in the names. */
export function asJSON(rows: readonly Row[], seconds: number): string {
  const transports: Record<string, object> = {};
  for (const row of rows) {
    transports[row.name] =
      "error" in row
        ? { error: row.error }
        : { ...row.figures, wireBytesOutPerMessage: row.wire.out, wireBytesBackPerMessage: row.wire.back };
  }
  const result = { ...machine(), durationSeconds: seconds, transports };
  return `${JSON.stringify(result, rounded, 2)}\n`;
}

/** Renders the result as a table of 80 columns, with notes; in colours only where the output shows them. */
export function asTable(rows: readonly Row[], seconds: number, output: NodeJS.WriteStream): string {
  const coloured = output.isTTY && output.hasColors();
  const paint = (style: "bold" | "dim" | "red", text: string) => (coloured ? styleText(style, text) : text);
  const table = new Table({
    head: heads.map((head) => paint("bold", head)),
    colWidths: widths,
    colAligns: ["left", ...widths.slice(1).map(() => "right" as const)],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    if ("error" in row) {
      table.push([row.name, { content: paint("red", row.error), colSpan: widths.length - 1, hAlign: "left" }]);
    } else table.push([row.name, ...cells(row)]);
  }
  return `${table.toString()}\n${paint("dim", notesOn(rows, seconds))}\n`;
}

function cells({ figures, wire }: Measured): string[] {
  return [
    figure(figures.roundTripsPerSecond),
    figure(figures.latencyP50Micros),
    figure(figures.latencyP99Micros),
    figure(figures.smallMessagesPerSecond),
    figure(figures.largeMebibytesPerSecond),
    `${bytes(wire.out)} + ${bytes(wire.back)}`,
  ];
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 100) / 100 : value;
}

/** Three digits: what comes after them is noise. */
function figure(n: number): string {
  return n.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

function bytes(n: number): string {
  return n.toLocaleString("en-US", { maximumFractionDigits: 1 });
}
