import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { forkProgram } from "./program.js";

/** How long a process may take to end before it is killed. */
const stopMs = 2000;

/** What a child is asked, with its number. */
export type Numbered<Question> = Question & { readonly id: number };

/** What it answers: first of all, as number -1, that it is ready. */
export type Answer =
  | { readonly id: number; readonly value?: unknown }
  | { readonly id: number; readonly error: string };

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** A process of our own that answers questions, see {@link answerParent}. */
export class Child<Question extends object> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, Asked>();
  #nextId = 0;

  private constructor(child: ChildProcess, signal: AbortSignal) {
    this.#child = child;
    child.on("message", (message) => this.#answered(message as Answer));
    child.once("error", (err) => this.#fail(err));
    child.once("exit", (code, name) => this.#fail(new Error(`A process of the lab ended: ${name ?? `code ${code}`}`)));
    signal.addEventListener("abort", () => this.#fail(signal.reason), { once: true });
  }

  /** Starts a program, by its path among the sources. An abort gives up whatever is asked. */
  static async start<Q extends object>(path: string, args: readonly string[], signal: AbortSignal): Promise<Child<Q>> {
    signal.throwIfAborted();
    const child = new Child<Q>(forkProgram(path, args, ["--expose-gc"]), signal);
    try {
      await child.#answer(-1);
      return child;
    } catch (err) {
      await child[Symbol.asyncDispose]();
      throw err;
    }
  }

  /** Asks, and resolves to the answer; what fails there rejects here. */
  async ask(question: Question): Promise<unknown> {
    const id = this.#nextId++;
    const answer = this.#answer(id);
    this.#child.send({ ...question, id }, (err) => {
      if (err !== null) this.#answered({ id, error: err.message });
    });
    return answer;
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
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

  #answer(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  #answered(answer: Answer): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if ("error" in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value);
  }

  #fail(reason: unknown): void {
    for (const { reject } of this.#asked.values()) reject(reason);
    this.#asked.clear();
  }
}
