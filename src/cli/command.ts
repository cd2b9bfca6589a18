import type { Host } from "./host.js";
import type { Output } from "./output.js";

/** Is what a sub-command works with. */
export interface Context {
  readonly host: Host;
  readonly output: Output;
  /** Aborts when the user wants an end, or nobody reads the output any more. */
  readonly signal: AbortSignal;
}

/** Is a sub-command, made of its words on the command line. */
export interface Command {
  /** What `--help` prints. */
  readonly help: string;
  /**
   * Does it; resolves to the exit code.
   * @throws {UsageError} when the words make no sense
   */
  run(args: readonly string[], context: Context): Promise<number>;
}
