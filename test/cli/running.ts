import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import type { Host } from "../../src/cli/host.js";
import { run } from "../../src/cli/run.js";
import { Stopped } from "../../src/cli/stopped.js";

/** What a command line is run with. */
export interface RunOptions {
  /** All of stdin; it stays open without. */
  readonly input?: string | Uint8Array;
  /** Whether stdin and stdout are a terminal. */
  readonly isTerminal?: boolean;
  readonly hasColors?: boolean;
}

/** Is a command line under way, in this process. */
export class Running {
  readonly stdin = new PassThrough();
  readonly exit: Promise<number>;
  readonly #stdout = new PassThrough();
  readonly #stderr = new PassThrough();
  readonly #stop = new AbortController();
  readonly #printed = { out: "", err: "" };
  #hasEnded = false;
  #onMore = () => {};

  constructor(args: readonly string[], { input, isTerminal = false, hasColors = false }: RunOptions) {
    this.#stdout.on("data", (chunk: Buffer) => {
      this.#printed.out += chunk.toString("latin1");
      this.#onMore();
    });
    this.#stderr.on("data", (chunk: Buffer) => {
      this.#printed.err += chunk.toString();
      this.#onMore();
    });
    if (input !== undefined) this.stdin.end(input);
    const terminal = { isTTY: isTerminal, hasColors: () => hasColors, columns: 80 };
    const host: Host = {
      stdin: Object.assign(this.stdin, { isTTY: isTerminal }),
      stdout: Object.assign(this.#stdout, terminal),
      stderr: Object.assign(this.#stderr, terminal),
      signal: this.#stop.signal,
      version: "1.2.3",
    };
    this.exit = run(args, host).finally(() => {
      this.#hasEnded = true;
      this.#onMore();
      this.#stdout.end();
      this.#stderr.end();
    });
  }

  get out(): string {
    return Buffer.from(this.#printed.out, "latin1").toString();
  }
  get bytes(): Uint8Array {
    return Uint8Array.from(Buffer.from(this.#printed.out, "latin1"));
  }
  get err(): string {
    return this.#printed.err;
  }

  /** Does what Ctrl-C does. */
  interrupt(): void {
    this.#stop.abort(new Stopped(130));
  }

  /** Makes stdout what it is when its reader has gone. */
  breakPipe(): void {
    this.#stdout.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  }

  /** Waits until something is printed, and gives what was found. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.out + this.err);
      if (found !== null) return found;
      if (this.#hasEnded) throw new Error(`It ended, and has not printed ${pattern}:\n${this.out}\n${this.err}`);
      await new Promise<void>((resolve) => {
        this.#onMore = resolve;
      });
    }
  }
}

/** Starts a command line; it is interrupted after the test at the latest. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  const running = new Running(args, options);
  onTestFinished(async () => {
    running.interrupt();
    await running.exit;
  });
  return running;
}

/** What a command line led to. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line to its end. */
export async function toolkit(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const running = start(args, options);
  const code = await running.exit;
  return { code, out: running.out, err: running.err };
}

/** Parses output of which each line is JSON. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
