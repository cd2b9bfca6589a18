// A row's process: its client, which measures, until its parent is gone. The server has a process of its own.
import { setMaxListeners } from "node:events";
import type { Figures, Plan } from "../results.js";
import type { OpenSubject } from "../subject.js";
import { answerParent } from "./answer-parent.js";
import { candidateNamed } from "./candidates.js";
import { openRow } from "./open-row.js";
import type { RowQuestion } from "./row-messages.js";

const [name = "", folder = "", plan = ""] = process.argv.slice(2);
const stop = new AbortController();
setMaxListeners(0, stop.signal); // whatever waits has one
let row: OpenSubject | null = null;

answerParent<RowQuestion>(
  ({ ask }) => (ask === "warm-up" ? warmUp() : round()),
  async () => {
    stop.abort(new Error("The lab has ended"));
    await row?.[Symbol.asyncDispose]();
  },
);

async function warmUp(): Promise<null> {
  row = await openRow(candidateNamed(name), { folder, plan: JSON.parse(plan) as Plan, signal: stop.signal });
  await row.warmUp();
  return null;
}

async function round(): Promise<Figures> {
  if (row === null) throw new Error(`${name} is not open`);
  await row.round();
  return row.figures();
}
