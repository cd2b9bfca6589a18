import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { forkProgram } from "./program.js";
import type { Answer, Question, Ready } from "./server-messages.js";

/** How long the server's process may take to end before it is killed. */
const stopMs = 2000;

interface Asked {
  readonly resolve: (value: string | number) => void;
  readonly reject: (reason: unknown) => void;
}

/** The process that serves all rows of a run, so that none shares a thread with its client. */
export class ServerProcess implements AsyncDisposable {
  /** The certificate that its TLS has. */
  readonly cert: string;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, Asked>();
  #nextId = 0;

  private constructor(child: ChildProcess, { cert }: Ready) {
    this.#child = child;
    this.cert = cert;
    child.on("message", (message) => this.#answered(message as Answer));
    child.once("exit", (code, signal) => this.#ended(endOf(code, signal)));
  }

  /** Starts the process. */
  static async start(folder: string, signal: AbortSignal): Promise<ServerProcess> {
    signal.throwIfAborted();
    const child = forkProgram("measure/server-process", [folder], ["--expose-gc"]);
    try {
      return new ServerProcess(child, await whenReady(child, signal));
    } catch (err) {
      child.kill("SIGKILL");
      throw err;
    }
  }

  /** Serves a row; resolves to its address. */
  async serve(name: string): Promise<string> {
    return String(await this.#ask({ ask: "serve", name }));
  }

  /** Returns how much CPU time it took so far, all of its threads, in µs. */
  async cpuMicros(): Promise<number> {
    return Number(await this.#ask({ ask: "cpu" }));
  }

  /** Returns how many bytes it holds once garbage is collected. */
  async memoryBytes(): Promise<number> {
    return Number(await this.#ask({ ask: "memory" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    if (child.connected) child.disconnect(); // it ends by itself then
    const timer = new AbortController();
    const late = sleep(stopMs, undefined, { signal: timer.signal }).then(
      () => child.kill("SIGKILL"),
      () => false,
    );
    await ended;
    timer.abort();
    await late;
  }

  #ask(question: Question): Promise<string | number> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#child.send({ ...question, id }, (err) => {
        if (err !== null) reject(err);
      });
    });
  }

  #answered(answer: Answer): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if ("error" in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value);
  }

  #ended(reason: Error): void {
    for (const { reject } of this.#asked.values()) reject(reason);
    this.#asked.clear();
  }
}

function whenReady(child: ChildProcess, signal: AbortSignal): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.once("message", (ready) => resolve(ready as Ready));
    child.once("error", reject);
    child.once("exit", (code, name) => reject(endOf(code, name)));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function endOf(code: number | null, signal: string | null): Error {
  return new Error(`The server's process ended: ${signal ?? `code ${code}`}`);
}
