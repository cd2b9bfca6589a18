import { Child } from "./child.js";
import type { Question, Whereabouts } from "./server-messages.js";

/** The process that serves a row, so that it does not share a thread with its client. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: Child<Question>;

  private constructor(child: Child<Question>) {
    this.#child = child;
  }

  /** Starts the process. */
  static async start(folder: string, signal: AbortSignal): Promise<ServerProcess> {
    return new ServerProcess(await Child.start<Question>("measure/server-process", [folder], signal));
  }

  /** Serves a row. */
  async serve(name: string): Promise<Whereabouts> {
    return (await this.#child.ask({ ask: "serve", name })) as Whereabouts;
  }

  /** Returns how much CPU time it took so far, all of its threads, in µs. */
  async cpuMicros(): Promise<number> {
    return (await this.#child.ask({ ask: "cpu" })) as number;
  }

  /** Returns how many bytes it holds once garbage is collected. */
  async memoryBytes(): Promise<number> {
    return (await this.#child.ask({ ask: "memory" })) as number;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
