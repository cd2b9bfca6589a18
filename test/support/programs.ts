import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, onTestFinished } from "vitest";

const exec = promisify(execFile);

/** Builds a program of `interop/go` that is a module of its own before a file's tests; returns where it will be. */
export function goProgram(go: string | undefined, name: string): () => string {
  let folder = "";
  beforeAll(async () => {
    if (go === undefined) return;
    folder = await mkdtemp(join(tmpdir(), `${name}-`));
    const cwd = fileURLToPath(new URL(`../../interop/go/${name}`, import.meta.url));
    await exec(go, ["build", "-o", join(folder, name), "."], { cwd });
  }, 180_000);
  afterAll(async () => {
    if (folder !== "") await rm(folder, { recursive: true, force: true });
  });
  return () => join(folder, name);
}

/** A server in a process of its own, which prints `READY address` and then a line of JSON whenever it has news. */
export class Program {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #address = "";

  private constructor(command: readonly string[]) {
    const [program = "", ...args] = command;
    this.#child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Starts it, and waits until it listens. */
  static async start(...command: string[]): Promise<Program> {
    const program = new Program(command);
    const line = await program.#line();
    if (!line.startsWith("READY ")) throw new Error(`${command.join(" ")} says ${line}`);
    program.#address = line.replace("READY ", "");
    return program;
  }

  get address(): string {
    return this.#address;
  }

  /** Waits for the next line of JSON. */
  async report<T>(): Promise<T> {
    return JSON.parse(await this.#line()) as T;
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill();
    await gone;
  }

  async #line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error("the program has ended");
    return next.value;
  }
}

/** Runs a program to its end; resolves to the JSON that it prints last. What a test has not ended, its time-out ends. */
export async function outcomeOf<T>(...command: string[]): Promise<T> {
  const [program = "", ...args] = command;
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const { stdout } = await exec(program, args, { signal: over.signal, maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T;
}
