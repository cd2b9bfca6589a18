import type { Results } from "../../results.js";
import { h, type Part } from "./dom.js";
import { number } from "./format.js";
import { sides } from "./rows.js";

/** What a reader of the figures must know of some rows. */
export class NotesPart implements Part {
  readonly #list = h("dl");
  readonly element = h(
    "section",
    { id: "notes", class: "card figure" },
    h("p", { class: "topic" }, "Notes"),
    this.#list,
  );

  show(results: Results): void {
    const notes = [...new Map(notesOn(results))];
    this.element.hidden = notes.length === 0;
    this.#list.replaceChildren(...notes.flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));
  }
}

function notesOn({ rows, updates }: Results): [name: string, note: string][] {
  const ofRows = rows.flatMap((row): [string, string][] => {
    const name = row.side === "toolkit" ? row.name : `${row.name}, ${sides[row.side]}`;
    const lost = row.status === "measured" && row.figures.lost > 0 ? row.figures : null;
    const parts = [row.note, lost && `${number(lost.lost)} of ${number(lost.sent)} messages were lost`];
    const note = parts.filter((part) => typeof part === "string").join("; ");
    return note === "" ? [] : [[name, note]];
  });
  const ofUpdates = updates.flatMap((row): [string, string][] => {
    const why = row.status === "failed" ? row.error : row.status === "skipped" ? row.reason : undefined;
    const note = [row.note, why].filter((part) => part !== undefined).join("; ");
    return note === "" ? [] : [[row.name, note]];
  });
  return [...ofRows, ...ofUpdates];
}
