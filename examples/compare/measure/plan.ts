import type { Plan } from "../results.js";

/** How many rows and updates there are to measure. */
export interface Load {
  readonly subjects: number;
  readonly updates: number;
}

/** What a run takes before the first step, and after the last, in ms. */
const aroundMs = 1000;
/** What a subject takes beside its phases, in ms: its server, its bytes on the wire, its idle connections. */
const openingMs = 900;
/** How long updates are measured, all at the same time, counted in what a row gets; and at least. */
const updateShare = 4;
const shortestUpdateMs = 2000;
/** The longest plan has so many rounds; one that is shorter has fewer, so that no phase gets shorter than this. */
const [mostRounds, shortestPhaseMs, emergencyPhaseMs] = [12, 100, 10] as const;
/** How much longer the phases of the round are that does not count, in which the engine compiles what is hot. */
const warmUpFactor = 2;

/** The sizes of messages, unless others are asked for. */
const usualSizes: readonly number[] = [64, 1024, 64 * 1024];

/** Makes a plan that takes about so many seconds: many rounds rather than long ones, as the best of them counts. */
export function planFor(load: Load, seconds: number, sizes: readonly number[] = usualSizes): Plan {
  for (let rounds = mostRounds; ; rounds--) {
    const phaseMs = phaseMsFor(load, seconds * 1000, sizes, rounds);
    if (phaseMs < shortestPhaseMs && rounds > 1) continue;
    const ms = Math.max(emergencyPhaseMs, Math.floor(phaseMs));
    return { rounds, phaseMs: ms, warmUpMs: warmUpFactor * ms, sizes };
  }
}

/** Returns how long a plan will take, about. */
export function secondsOf(plan: Plan, { subjects, updates }: Load): number {
  const rows = subjects * (warmUpMsOf(plan) + plan.rounds * roundMsOf(plan));
  return (aroundMs + rows + (updates === 0 ? 0 : updateMsOf(plan))) / 1000;
}

/** Returns how long the first step of a subject takes, about. */
export function warmUpMsOf({ warmUpMs, sizes }: Plan): number {
  return openingMs + (1 + sizes.length) * warmUpMs;
}

/** Returns how long a round of a subject takes, about: the round trips, and each size. */
export function roundMsOf({ phaseMs, sizes }: Plan): number {
  return (1 + sizes.length) * phaseMs;
}

/** Returns how long the updates are measured, all of them at the same time: most of it is waiting. */
export function updateMsOf(plan: Plan): number {
  return Math.max(shortestUpdateMs, updateShare * plan.rounds * roundMsOf(plan));
}

function phaseMsFor({ subjects, updates }: Load, ms: number, sizes: readonly number[], rounds: number): number {
  const left = ms - aroundMs - subjects * openingMs;
  const phases = 1 + sizes.length;
  const rowPhases = subjects * (rounds + warmUpFactor) * phases;
  if (rowPhases === 0) return updates === 0 ? 0 : left / (updateShare * rounds * phases);
  if (updates === 0) return left / rowPhases;
  const phaseMs = left / (rowPhases + updateShare * rounds * phases);
  const isLong = updateShare * rounds * phases * phaseMs >= shortestUpdateMs;
  return isLong ? phaseMs : (left - shortestUpdateMs) / rowPhases;
}
