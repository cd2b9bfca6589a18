import type { Machine, Results, Row } from "../results.js";
import { size } from "./format.js";
import { type NamedFigure, namedFigures, titleOf } from "./series.js";
import { differ } from "./significance.js";

/** Smaller changes are of no interest, however sure they are. */
const leastChange = 0.05;

/** A figure that is another than in the baseline, by more than noise. */
export interface Move {
  readonly row: string;
  readonly what: string;
  readonly before: number;
  readonly now: number;
  /** As a part of what was before; positive where the figure has grown. */
  readonly change: number;
  readonly isBetter: boolean;
  /** Whether it is a rate or a time, and not a number of bytes. */
  readonly isSpeed: boolean;
}

/** A run held against an earlier one. */
export interface Comparison {
  readonly moves: readonly Move[];
  /** How many figures both runs have. */
  readonly compared: number;
  /** What a reader of it must know, the gravest first. */
  readonly caveats: readonly string[];
}

/**
 * Compares a run with an earlier one, figure by figure. One has moved if its rounds differ by more than they waver
 * ({@link differ}), and the value that counts by more than 5 %, to the same side.
 */
export function compareRuns(before: Results, now: Results): Comparison {
  const pairs = now.rows.flatMap((row) => figurePairs(before.rows.find(isSameAs(row)), row));
  return {
    moves: pairs.flatMap(({ row, was, is }) => moveOf(row, was, is)),
    compared: pairs.length,
    caveats: caveatsOf(before, now),
  };
}

interface FigurePair {
  readonly row: Row;
  readonly was: NamedFigure;
  readonly is: NamedFigure;
}

function figurePairs(before: Row | undefined, row: Row): FigurePair[] {
  if (before?.status !== "measured" || row.status !== "measured") return [];
  const earlier = new Map(namedFigures(before.figures).map((figure) => [figure.what, figure]));
  return namedFigures(row.figures).flatMap((is) => {
    const was = earlier.get(is.what);
    return was === undefined ? [] : [{ row, was, is }];
  });
}

function moveOf(row: Row, was: NamedFigure, is: NamedFigure): Move[] {
  const change = is.value / was.value - 1;
  if (!Number.isFinite(change) || Math.abs(change) <= leastChange || !isBeyondNoise(was, is)) return [];
  const isBetter = is.isBetter === "higher" ? change > 0 : change < 0;
  const isSpeed = is.rounds !== null;
  return [{ row: titleOf(row), what: is.what, before: was.value, now: is.value, change, isBetter, isSpeed }];
}

function isBeyondNoise(was: NamedFigure, is: NamedFigure): boolean {
  if (was.rounds === null || is.rounds === null) return true; // counted, not timed
  const sameSide = Math.sign(median(is.rounds) - median(was.rounds)) === Math.sign(is.value - was.value);
  return sameSide && differ(was.rounds, is.rounds);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}

function isSameAs({ name, side }: Row): (row: Row) => boolean {
  return (row) => row.name === name && row.side === side;
}

function caveatsOf(before: Results, now: Results): string[] {
  const [then, here] = [machineText(before.machine), machineText(now.machine)];
  const [plan, plan2] = [before.plan, now.plan];
  const missing = before.rows.filter((row) => row.status === "measured" && !now.rows.some(isSameAs(row)));
  return [
    then === here
      ? ""
      : `Another machine: ${then}, and now ${here}. Figures of different machines say nothing about each other.`,
    before.machine.node === now.machine.node
      ? ""
      : `Another Node: ${before.machine.node}, and now ${now.machine.node}.`,
    before.machine.go === now.machine.go
      ? ""
      : `Another Go: ${before.machine.go ?? "none"}, and now ${now.machine.go ?? "none"}.`,
    plan.rounds === plan2.rounds && plan.phaseMs === plan2.phaseMs
      ? ""
      : `Another plan: ${plan.rounds} rounds of ${plan.phaseMs} ms, and now ${plan2.rounds} of ${plan2.phaseMs} ms.`,
    String(plan.sizes) === String(plan2.sizes)
      ? ""
      : `Other sizes: ${plan.sizes.map(size).join(", ")}; only those of both runs are compared.`,
    before.finished ? "" : "The baseline is of a run that did not come to its end.",
    missing.length === 0 ? "" : `Only in the baseline: ${missing.map(titleOf).join(", ")}.`,
  ].filter((text) => text !== "");
}

function machineText({ cpu, cores, platform }: Machine): string {
  return `${cores} × ${cpu}, ${platform}`;
}
