// Runs before every test file, in its process: fails the file if something that it opened still keeps the process alive
// after its last test. What is let go within the patience counts as closed.
import { afterAll } from "vitest";
import { removePaths } from "./temp.js";

const patienceMs = 2000;
const { setTimeout, Date } = globalThis; // before any test fakes them

/** What a test may leave behind by mistake: sockets, servers, pipes, child processes, timers. */
const watched = /^(TCP|TLS|UDP|Pipe|Process|HTTP|Timeout|FSEvent|Worker)/;

/** Counts what keeps the process alive, by kind. */
function census(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (watched.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function leaksSince(before: ReadonlyMap<string, number>): string[] {
  return [...census()]
    .map(([kind, n]) => ({ kind, n: n - (before.get(kind) ?? 0) }))
    .filter(({ n }) => n > 0)
    .map(({ kind, n }) => `${n} × ${kind}`);
}

const before = census();

afterAll(removePaths);

afterAll(async () => {
  let leaks = leaksSince(before);
  for (const until = Date.now() + patienceMs; leaks.length > 0 && Date.now() < until; leaks = leaksSince(before)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (leaks.length > 0) throw new Error(`This file leaves open: ${leaks.join(", ")}`);
});
