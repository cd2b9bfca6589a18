import type { Figures } from "../../results.js";
import type { Curve } from "./frame.js";
import { figuresOf, type Pair } from "./rows.js";
import type { Selection } from "./selection.js";
import type { TipLine } from "./tip.js";

/** Makes a curve of each row that is chosen and has figures; Go's is dashed, and of the same colour. */
export function curvesOf(
  pairs: readonly Pair[],
  selection: Selection,
  values: (figures: Figures) => readonly (number | null)[],
): Curve[] {
  return pairs.flatMap(({ name, toolkit, go }) => {
    const slot = selection.slotOf(name);
    if (slot < 0) return [];
    const [ours, theirs] = [figuresOf(toolkit), selection.withGo ? figuresOf(go) : null];
    const color = `--row-${slot}`;
    return [
      ...(ours === null ? [] : [{ label: name, color, values: values(ours) }]),
      ...(theirs === null ? [] : [{ label: `${name} Go`, color, isDashed: true, values: values(theirs) }]),
    ];
  });
}

/** Writes what curves have at a place, the greatest first, as they stand in the plot. */
export function tipLines(curves: readonly Curve[], index: number, format: (value: number) => string): TipLine[] {
  const found = curves.flatMap(({ values, ...curve }) => {
    const value = values[index];
    return typeof value === "number" ? [{ ...curve, value }] : [];
  });
  return found.toSorted((a, b) => b.value - a.value).map((line) => ({ ...line, value: format(line.value) }));
}
