// Keeps calls in flight for bench/rpc-echo.ts: client.ts ADDRESS METHOD IN_FLIGHT WARM_UP_MS MEASURE_MS. Prints START and
// END around what it measures, then what it found.
import { performance } from "node:perf_hooks";
import { dial } from "toolkit/rpc";

const [address = "", method = "", ...numbers] = process.argv.slice(2);
const [inFlight = 1, warmUpMs = 0, measureMs = 0] = numbers.map(Number);
const client = await dial("tcp", address);
const args = { A: 7, B: 8 };
const micros: number[] = [];
let ops = 0;
const phase = { isOver: false };

async function load(): Promise<void> {
  while (!phase.isOver) {
    const reply = await client.call(method, args);
    if (reply !== 56) throw new Error(`7 times 8 is ${String(reply)}`);
    ops++;
  }
}

async function oneByOne(): Promise<void> {
  while (!phase.isOver) {
    const start = performance.now();
    await client.call(method, args);
    micros.push((performance.now() - start) * 1000);
    ops++;
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const loads = inFlight === 1 ? [oneByOne()] : Array.from({ length: inFlight }, load);
await sleep(warmUpMs);
console.log("START");
const [before, start] = [ops, performance.now()];
micros.length = 0;
await sleep(measureMs);
const [calls, ms] = [ops - before, performance.now() - start];
console.log("END");
phase.isOver = true;
await Promise.all(loads);
const p50 = micros.toSorted((a, b) => a - b)[micros.length >> 1];
console.log(JSON.stringify({ calls, ms, p50: p50 ?? null }));
client.close();
