import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { WireBytes } from "../results.js";
import type { Counts } from "./log-histogram.js";

/** What a Go process is to do; main.go says what the fields mean. */
export interface Command {
  readonly op: string;
  readonly name?: string;
  readonly folder?: string;
  readonly address?: string;
  readonly cert?: string;
  readonly size?: number;
  readonly count?: number;
  readonly ms?: number;
  readonly counted?: boolean;
}

/** What came of it. */
export interface Answer {
  readonly error?: string;
  readonly address?: string;
  readonly cert?: string;
  readonly bytes: number;
  readonly cpuMicros: number;
  readonly wire: WireBytes;
}

/** What came of a measurement. */
export interface GoTraffic {
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
  readonly counts: Counts;
  readonly maxMicros: number;
}

/** A process of the Go program: a server, or a client. */
export class GoProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  #failure: Error | null = null;

  /** Starts it; it is killed when the signal aborts. */
  constructor(program: string, role: "server" | "client", signal: AbortSignal) {
    this.#child = spawn(program, [role], { stdio: ["pipe", "pipe", "inherit"], signal, killSignal: "SIGKILL" });
    this.#child.on("error", (err) => {
      this.#failure ??= err;
    });
    this.#child.stdin.on("error", () => {}); // that it is gone is told by the answer that does not come
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Has it do something; one thing at a time. */
  async ask<T = Answer>(command: Command): Promise<T & Answer> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    const line = await this.#answers.next();
    if (line.done === true) throw this.#failure ?? new Error(`Go program ended before it answered '${command.op}'`);
    const answer = JSON.parse(line.value) as T & Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** Tells how much time it has computed so far, or null where that is not known. */
  async cpuMicros(): Promise<number | null> {
    const { cpuMicros } = await this.ask({ op: "cpu" });
    return cpuMicros === 0 ? null : cpuMicros;
  }

  /** Kills it: it has nothing to tidy up. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
