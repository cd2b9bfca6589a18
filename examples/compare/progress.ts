import type { WriteStream } from "node:tty";
import { progress } from "@clack/prompts";

/** Shows how far the work has come. */
export interface Progress {
  /** Tells what begins, and so that what was before is done. */
  begin(what: string): void;
  /** Clears away what would be in the way of the result. */
  end(): void;
  /** Says that there will be no result, as the user wants none. */
  stop(): void;
}

/** Shows a bar in a terminal, and plain lines elsewhere. */
export function showProgress(steps: number, output: NodeJS.WriteStream): Progress {
  // The bar tells what is done from what is not by colour alone.
  return output.isTTY && output.hasColors() ? showBar(steps, output) : showLines(steps, output);
}

function showBar(steps: number, output: WriteStream): Progress {
  const bar = progress({ max: steps, size: 30, output, withGuide: false, cancelMessage: "Stopped." });
  bar.start("starting");
  // It listens to keys, and exits at once on Ctrl-C. Without raw mode that is a signal again, which main.ts takes.
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  let begun = 0;
  return {
    begin: (what) => bar.advance(begun++ === 0 ? 0 : 1, what),
    end: () => bar.clear(),
    stop: () => bar.cancel("Stopped."),
  };
}

function showLines(steps: number, output: NodeJS.WriteStream): Progress {
  let begun = 0;
  return {
    begin(what) {
      const step = String(++begun).padStart(String(steps).length);
      output.write(`[${step}/${steps}] ${what}\n`);
    },
    end() {},
    stop() {
      output.write("Stopped.\n");
    },
  };
}
