import type { WriteStream } from "node:tty";
import { progress } from "@clack/prompts";
import type { Step } from "../compare.js";
import { duration } from "./format.js";

/** Shows how far the work has come. */
export interface Progress {
  /** Tells what begins, and so that what was before is done. */
  begin(step: Step): void;
  /** Clears away what would be in the way of the result. */
  end(): void;
  /** Says that there will be no result, as the user wants none. */
  stop(): void;
}

/** Shows a bar in a terminal, and plain lines elsewhere. */
export function showProgress(output: NodeJS.WriteStream, color: boolean): Progress {
  // The bar tells what is done from what is not by colour alone.
  return color && output.isTTY && output.hasColors() ? showBar(output) : showLines(output);
}

/** The bar's own units, as the number of steps may shrink. */
const full = 1000;

function showBar(output: WriteStream): Progress {
  const bar = progress({ max: full, size: 24, output, withGuide: false, cancelMessage: "Stopped." });
  bar.start("starting");
  // It listens to keys, and exits at once on Ctrl-C. Without raw mode that is a signal again, which lab.ts takes.
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  let shown = 0;
  return {
    begin(step) {
      const done = Math.max(shown, Math.floor(((step.index - 1) / step.total) * full));
      bar.advance(done - shown, stepText(step));
      shown = done;
    },
    end: () => bar.clear(),
    stop: () => bar.cancel("Stopped."),
  };
}

function showLines(output: NodeJS.WriteStream): Progress {
  return {
    begin(step) {
      const number = String(step.index).padStart(String(step.total).length);
      output.write(`[${number}/${step.total}] ${stepText(step)}\n`);
    },
    end() {},
    stop() {
      output.write("Stopped.\n");
    },
  };
}

function stepText({ what, secondsLeft }: Step): string {
  return `${what} · ${duration(secondsLeft)} left`;
}
