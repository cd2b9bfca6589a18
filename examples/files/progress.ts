import type { WriteStream } from "node:tty";
import { progress } from "@clack/prompts";
import { formatBytes } from "./format-bytes.js";

/** Shows how far a file has come. */
export interface Progress {
  /** So much is done of so much. */
  at(done: number, size: number): void;
  /** Why nothing goes on for a while. */
  note(text: string): void;
  /** Clears the bar away. */
  end(): void;
}

const steps = 100;

/** Shows a bar in a terminal, and elsewhere only what happens to the connection. */
export function showProgress(what: string, output: NodeJS.WriteStream): Progress {
  if (output.isTTY && output.hasColors()) return showBar(what, output);
  return { at() {}, note: (text) => void output.write(`${text}\n`), end() {} };
}

function showBar(what: string, output: WriteStream): Progress {
  const bar = progress({ max: steps, size: 30, output, withGuide: false });
  bar.start(what);
  // It listens to keys, and exits at once on Ctrl-C. Without raw mode that is a signal again.
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  let step = 0;
  return {
    at(done, size) {
      const next = Math.floor((done / Math.max(size, 1)) * steps);
      bar.advance(next - step, `${what} ${formatBytes(done)} of ${formatBytes(size)}`);
      step = next;
    },
    note: (text) => bar.message(text),
    end: () => bar.clear(),
  };
}
