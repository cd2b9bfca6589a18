import { performance } from "node:perf_hooks";
import type { Calls, Work } from "./contender.js";

/** How much to call, and for how long. */
export interface Load {
  readonly work: Work;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** 10 KB of text. */
const payload = "The quick brown fox jumps over the lazy dog. ".repeat(228).slice(0, 10_240);

/** Fails unless the answers are right. */
export async function check(calls: Calls): Promise<void> {
  const pairs = [
    [7, 8],
    [0, 5],
    [-3, 4],
    [46_340, 46_340],
    [1, 2_147_483_647],
  ] as const; // prettier-ignore
  const products = await Promise.all(pairs.map(([a, b]) => calls.multiply(a, b)));
  for (const [i, [a, b]] of pairs.entries()) {
    if (products[i] !== a * b) throw new Error(`${a} times ${b} is ${String(products[i])}`);
  }
  for (const text of ["", "é\u{1F600}", payload]) {
    if ((await calls.echo(text)) !== text) throw new Error(`An echo of ${text.length} characters is not the same`);
  }
}

/** Keeps calls in flight. Prints START and END around what it measures, then what it found. */
export async function load(calls: Calls, { work, inFlight, warmUpMs, measureMs }: Load): Promise<void> {
  const call = work === "multiply" ? () => multiply(calls) : () => echo(calls);
  const state: State = { call, ops: 0, isOver: false, micros: [] };
  const workers = [timed(state), ...Array.from({ length: inFlight - 1 }, () => untimed(state))];
  await sleep(warmUpMs);
  console.log("START");
  state.micros.length = 0;
  const [before, start, cpu] = [state.ops, performance.now(), process.cpuUsage()];
  await sleep(measureMs);
  const [done, ms, spent] = [state.ops - before, performance.now() - start, process.cpuUsage(cpu)];
  const p50 = median(state.micros);
  console.log("END");
  state.isOver = true;
  await Promise.all(workers);
  console.log(JSON.stringify({ calls: done, ms, cpu: spent.user + spent.system, p50 }));
}

interface State {
  readonly call: () => Promise<void>;
  ops: number;
  isOver: boolean;
  /** What each call of one worker took. */
  readonly micros: number[];
}

async function multiply(calls: Calls): Promise<void> {
  const reply = await calls.multiply(7, 8);
  if (reply !== 56) throw new Error(`7 times 8 is ${String(reply)}`);
}

async function echo(calls: Calls): Promise<void> {
  const { length } = await calls.echo(payload);
  if (length !== payload.length) throw new Error(`An echo has ${length} characters`);
}

async function untimed(state: State): Promise<void> {
  while (!state.isOver) {
    await state.call();
    state.ops++;
  }
}

/** One worker in all that are in flight tells their latency; to time each would cost what some calls do. */
async function timed(state: State): Promise<void> {
  while (!state.isOver) {
    const start = performance.now();
    await state.call();
    state.micros.push((performance.now() - start) * 1000);
    state.ops++;
  }
}

function median(list: readonly number[]): number | null {
  return list.toSorted((a, b) => a - b)[list.length >> 1] ?? null;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
