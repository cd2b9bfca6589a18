import type { Results } from "../results.js";
import { baselineText } from "./baseline-text.js";
import { compareRuns } from "./moves.js";
import { aboutRun, notesOn, unmeasured } from "./notes.js";
import { type Paint, wrap } from "./paint.js";
import { sectionsOf } from "./sections.js";

/** Renders a run as text of 80 columns: tables, what has moved since the baseline if there is one, and notes. */
export function asText(results: Results, baseline: Results | null, paint: Paint): string {
  const sections = sectionsOf(results, paint).map(({ title, meaning, table }) =>
    [paint("bold", `== ${title}`), paint("dim", wrap(meaning, "")), "", table].join("\n"),
  );
  const moved = baseline === null ? "" : movedText(results, baseline, paint);
  const parts = [
    paint("dim", aboutRun(results)),
    ...sections,
    unmeasured(results, paint),
    moved,
    paint("dim", notesOn(results)),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Renders what has moved since the baseline. */
export function movedText(results: Results, baseline: Results, paint: Paint): string {
  return baselineText(compareRuns(baseline, results), baseline.startedAt, paint);
}

/** Renders a run as one JSON object in one line; figures have six digits. */
export function asJSON(results: Results): string {
  return `${JSON.stringify(results, rounded)}\n`;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
