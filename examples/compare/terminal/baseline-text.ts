import { change, figure } from "./format.js";
import type { Comparison, Move } from "./moves.js";
import { type Paint, wrap } from "./paint.js";
import { renderTable } from "./table.js";

/** Renders what has moved since the baseline. */
export function baselineText({ moves, compared, caveats }: Comparison, startedAt: string, paint: Paint): string {
  const verdict = compared === 0 ? "The two runs have no figure in common." : summary(moves.length, compared);
  const parts = [
    paint("bold", `Against the baseline of ${startedAt}`),
    ...caveats.map((text) => paint("yellow", wrap(text))),
    ...(moves.length === 0 ? [] : [movesTable(moves, paint)]),
    paint("dim", wrap(verdict)),
  ];
  return parts.join("\n");
}

function movesTable(moves: readonly Move[], paint: Paint): string {
  const column = (head: string, content: (move: Move) => string) => ({ head, content });
  return renderTable(
    {
      blocks: [{ lines: moves }],
      nameOf: ({ row }) => row,
      groups: [
        [
          { ...column("figure", ({ what }) => what), isText: true },
          column("before", ({ before }) => figure(before)),
          column("now", ({ now }) => figure(now)),
          column("change", (move) => paint(move.isBetter ? "green" : "red", `${change(move.change)} ${inWords(move)}`)),
        ],
      ],
    },
    paint,
  );
}

function inWords({ isBetter, isSpeed, what }: Move): string {
  if (!isSpeed) return isBetter ? "fewer" : "more";
  if (what.includes("CPU")) return isBetter ? "cheaper" : "dearer";
  return isBetter ? "faster" : "slower";
}

function summary(moved: number, compared: number): string {
  const others =
    moved === 0 ? `None of ${compared} figures has` : `${moved} of ${compared} figures ${moved === 1 ? "has" : "have"}`;
  return `${others} moved beyond noise: by more than 5 %, and by more than the rounds waver (p < 0.05), which one in twenty may do by chance.`;
}
