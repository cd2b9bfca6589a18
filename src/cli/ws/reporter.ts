import { dump } from "../message-text.js";
import type { Output } from "../output.js";
import { printable } from "../printable.js";
import { describe, type WSEvent } from "./events.js";

/** Tells the user what happens. Resolves when there is room for more. */
export type Report = (event: WSEvent) => Promise<void>;

/** Prints each event as JSON. */
export function jsonReport(output: Output): Report {
  return (event) => output.object(event);
}

/** Prints messages alone; with `--verbose` the rest on stderr. */
export function plainReport(output: Output): Report {
  return async (event) => {
    if (event.event === "message")
      await output.line(event.type === "text" ? textOf(event.data, output) : dump(event.data));
    else if (output.verbose) await output.note(describe(event));
  };
}

function textOf(text: string, { isTerminal }: Output): string {
  return isTerminal ? printable(text, "\n\t") : text;
}

/** How many control frames may wait to be shown; a peer that sends them faster than somebody reads has the rest dropped. */
const mostWaiting = 100;

/** Shows control frames, whose handlers nobody awaits. */
export function whileRoom(report: Report): (event: WSEvent) => void {
  let waiting = 0;
  return (event) => {
    if (waiting >= mostWaiting) return;
    waiting++;
    void report(event)
      .catch(() => {})
      .finally(() => waiting--);
  };
}
