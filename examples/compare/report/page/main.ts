// The page: its parts in their order, and where their results come from.
import type { Results } from "../../results.js";
import { CpuPart } from "./cpu.js";
import { h, type Part } from "./dom.js";
import { HeaderPart, type State } from "./header.js";
import { LatencyPart } from "./latency.js";
import { follow } from "./live.js";
import { MemoryPart } from "./memory.js";
import { NotesPart } from "./notes.js";
import { pairsOf } from "./rows.js";
import { Selection } from "./selection.js";
import { TablePart } from "./table.js";
import { ThroughputPart } from "./throughput.js";
import { UpdatesPart } from "./updates.js";
import { WirePart } from "./wire.js";

const isLive = document.documentElement.dataset["mode"] === "live";
const selection = new Selection();
const header = new HeaderPart();
const figures: readonly Part[] = [
  new LatencyPart(selection),
  new ThroughputPart(selection),
  new CpuPart(),
  new WirePart(),
  new MemoryPart(),
  new UpdatesPart(),
  new TablePart(),
  new NotesPart(),
];
const main = h("main", { hidden: true }, ...figures.map(({ element }) => element));
document.body.append(header.element, main);

function show(results: Results): void {
  main.hidden = false;
  selection.offer(pairsOf(results));
  for (const part of [header, ...figures]) part.show(results);
  header.state = stateOf(results);
}

function stateOf({ finished }: Results): State {
  if (finished) return "finished";
  return isLive ? "live" : "unfinished";
}

let latest = JSON.parse(document.getElementById("results")?.textContent ?? "null") as Results | null;
if (latest !== null) show(latest);
if (isLive && latest?.finished !== true) {
  follow({
    show(results) {
      latest = results;
      show(results);
    },
    connected(isConnected) {
      if (!isConnected) header.state = "lost";
      else header.state = latest === null ? "waiting" : stateOf(latest);
    },
  });
} else if (latest === null) {
  header.state = "waiting";
}
