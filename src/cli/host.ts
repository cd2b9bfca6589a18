import type { Readable, Writable } from "node:stream";

/** Is a stream that may be a terminal. */
export interface MaybeTerminal {
  /** Whether it is one. */
  readonly isTTY?: boolean | undefined;
  /** Whether it shows colours; heeds NO_COLOR. */
  hasColors?(): boolean;
}

/** What the command has of the outside world. */
export interface Host {
  readonly stdin: Readable & MaybeTerminal;
  readonly stdout: Writable & MaybeTerminal;
  readonly stderr: Writable & MaybeTerminal;
  /** Aborts with a {@link Stopped} when the user wants an end. */
  readonly signal: AbortSignal;
  /** The version of the package. */
  readonly version: string;
}
