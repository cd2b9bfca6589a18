import type { Figures, Machine, Outcome, Results, Row } from "../results.js";
import { size } from "./format.js";
import { type Paint, wrap } from "./paint.js";
import { titleOf } from "./series.js";
import { mark } from "./table.js";

/** Tells what the figures were measured on, and how. */
export function aboutRun({ machine, plan, durationSeconds, finished }: Results): string {
  const how = `${plan.rounds} ${plan.rounds === 1 ? "round" : "rounds"} of ${plan.phaseMs} ms for each figure, ${Math.round(durationSeconds)} s in all`;
  return `${wrap(`${machineText(machine)}.`)}\n${wrap(`${how}${finished ? "" : "; not finished"}.`)}`;
}

function machineText({ node, platform, cpu, cores, go, chromium }: Machine): string {
  const tools = [
    `Node ${node}`,
    ...(go === null ? [] : [`Go ${go.replace(/^go/, "")}`]),
    ...(chromium === null ? [] : [browserText(chromium)]),
  ];
  return `${tools.join(", ")} on ${cores} × ${cpu}, ${platform}`;
}

function browserText(version: string): string {
  return `Chromium ${/\d+/.exec(version)?.[0] ?? version}`;
}

/** Says which rows have no figures, and why; empty if all have some. */
export function unmeasured({ rows, updates }: Results, paint: Paint): string {
  const reasons = new Map<string, string[]>();
  for (const row of [...rows, ...updates]) {
    const reason = reasonOf(row);
    if (reason !== null) reasons.set(reason, [...(reasons.get(reason) ?? []), "side" in row ? titleOf(row) : row.name]);
  }
  const lines = [...reasons].map(([reason, names]) => {
    const text = wrap(`${names.join(", ")}: ${reason}`);
    return reason.startsWith("failed") ? paint("red", text) : text;
  });
  return lines.length === 0 ? "" : [paint("bold", "Not measured"), ...lines].join("\n");
}

function reasonOf(row: Outcome<unknown>): string | null {
  switch (row.status) {
    case "measured":
      return null;
    case "failed":
      return `failed: ${oneLine(row.error)}`;
    case "skipped":
      return `skipped: ${oneLine(row.reason)}`;
    case "pending":
      return "the run ended before its turn";
  }
}

/** An error's text comes from anywhere: in one line, without what would drive a terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
}

/** Says what the figures mean, and what is special about rows: what several have in common is said once. */
export function notesOn({ rows, updates, plan }: Results): string {
  const names = new Map<string, string[]>();
  const add = (note: string, name: string) => names.set(note, [...(names.get(note) ?? []), name]);
  for (const row of rows) for (const note of notesOnRow(row, plan.sizes)) add(note, titleOf(row));
  for (const { name, note, status } of updates) if (note !== undefined && status === "measured") add(note, name);
  return [meaning, ...[...names].map(([note, of]) => `${of.join(", ")}: ${note}.`)]
    .map((text) => wrap(text))
    .join("\n");
}

const meaning =
  `${mark} the best of its block, among those with client and server in processes of their own. Each figure is that of ` +
  "the best round; p99.9 is of all rounds.";

function notesOnRow(row: Row, sizes: readonly number[]): string[] {
  if (row.status !== "measured") return [];
  return [...(row.note === undefined ? [] : [row.note]), ...oddSizes(row.figures, sizes), ...losses(row.figures)];
}

function oddSizes({ throughput }: Figures, sizes: readonly number[]): string[] {
  return throughput
    .filter(({ messageBytes }) => !sizes.includes(messageBytes))
    .map(({ messageBytes }) => {
      const column = sizes.find((each) => each > messageBytes);
      return `messages of ${size(messageBytes)}${column === undefined ? "" : ` in the column of ${size(column)}`}, as no more fits`;
    });
}

function losses({ sent, lost }: Figures): string[] {
  return lost === 0 ? [] : [`lost ${lost.toLocaleString("en-US")} of ${sent.toLocaleString("en-US")} messages`];
}
