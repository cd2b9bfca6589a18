import type { Choice } from "../compare.js";
import type { RowHead } from "../results.js";
import type { Subject } from "../subject.js";
import { UsageError } from "./usage-error.js";

/** What may be chosen of. */
export interface Offer {
  readonly subjects: readonly Subject[];
  readonly updates: readonly string[];
}

/**
 * Chooses by names: of a row, which means both sides; of a group; `go`, for the rows that Go has too, and those next to
 * them; `updates`; or what a name begins with, as `rpc-ws` or `poll`. The order is that of the offer.
 * @throws {UsageError} for a name that there is not
 */
export function choose(offer: Offer, names: readonly string[]): Choice {
  const chosen = names.map((name) => chooseOne(offer, name));
  return {
    subjects: offer.subjects.filter((subject) => chosen.some(({ subjects }) => subjects.includes(subject))),
    updates: offer.updates.filter((update) => chosen.some(({ updates }) => updates.includes(update))),
  };
}

function chooseOne({ subjects, updates }: Offer, name: string): Choice {
  if (name === "updates") return { subjects: [], updates };
  const withGo = new Set(subjects.filter(({ side }) => side === "go").map((subject) => subject.name));
  const tests: readonly ((head: Pick<RowHead, "name" | "group">) => boolean)[] = [
    (head) => (name === "go" ? withGo.has(head.name) : head.group === name),
    (head) => head.name === name,
    (head) => head.name.startsWith(`${name}-`),
  ];
  for (const isMeant of tests) {
    const [rows, ways] = [
      subjects.filter(isMeant),
      updates.filter((update) => isMeant({ name: update, group: "http" })),
    ];
    if (rows.length + ways.length > 0) return { subjects: rows, updates: name === "http" ? [] : ways };
  }
  throw unknown(name, { subjects, updates });
}

function unknown(name: string, offer: Offer): UsageError {
  const names = namesOf(offer);
  const near = names
    .map((other) => ({ other, distance: distance(name, other) }))
    .filter((one) => one.distance <= Math.ceil(name.length / 3))
    .toSorted((a, b) => a.distance - b.distance)[0];
  const hint = near === undefined ? `there are ${names.join(", ")}` : `did you mean '${near.other}'?`;
  return new UsageError(`Unknown in --only: '${name}'; ${hint}`);
}

/** Lists all that can be asked for by name, groups first. */
export function namesOf({ subjects, updates }: Offer): string[] {
  const groups = subjects.map(({ group }) => group);
  return [...new Set([...groups, "go", "updates", ...subjects.map(({ name }) => name), ...updates])];
}

/**
 * How many letters must be put in, taken out, changed or swapped with the next, to make one word of another. A swap is
 * the commonest slip, and counts a little less: `tpc` is `tcp`, and not `rpc`.
 */
function distance(a: string, b: string): number {
  const table = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => table[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    table.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? at(i - 2, j - 2) + 0.9 : Number.POSITIVE_INFINITY;
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
