import { once } from "node:events";
import type { Writable } from "node:stream";
import { styleText } from "node:util";
import type { Host, MaybeTerminal } from "./host.js";
import { formatJSON } from "./json-out.js";

type Style = "bold" | "dim" | "red" | "green" | "cyan" | "yellow";

/** How much to say, and how. */
export interface OutputOptions {
  readonly json: boolean;
  readonly verbose: boolean;
}

/**
 * Prints: results on stdout, all else on stderr; with `json` one object a line on stdout for both. Whoever prints waits
 * until there is room, so that a peer that sends faster than somebody reads is held up, not stored.
 */
export class Output {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly #host: Host;

  constructor(host: Host, { json, verbose }: OutputOptions) {
    this.#host = host;
    this.json = json;
    this.verbose = verbose;
  }

  /** Whether stdout is a terminal: what is printed there is for eyes, and must not drive it. */
  get isTerminal(): boolean {
    return this.#host.stdout.isTTY === true;
  }

  /** Prints a line of the result. */
  line(text: string): Promise<void> {
    return write(this.#host.stdout, `${text}\n`);
  }

  /** Prints bytes of the result as they are. */
  raw(bytes: Uint8Array): Promise<void> {
    return write(this.#host.stdout, bytes);
  }

  /** Prints an object, in one line. */
  object(value: object): Promise<void> {
    return this.line(formatJSON(value));
  }

  /** Says what goes on, unless that is for programs to read. */
  async note(text: string): Promise<void> {
    if (!this.json) await write(this.#host.stderr, `${paint(this.#host.stderr, "dim", text)}\n`);
  }

  /** Says what went wrong. */
  async error(text: string): Promise<void> {
    await write(this.#host.stderr, `${paint(this.#host.stderr, "red", "toolkit:")} ${text}\n`);
  }

  /** Colours text for stdout, if that shows colours. */
  paint(style: Style, text: string): string {
    return paint(this.#host.stdout, style, text);
  }
}

function paint(stream: MaybeTerminal, style: Style, text: string): string {
  const shows = stream.isTTY === true && stream.hasColors?.() === true;
  return shows ? styleText(style, text, { validateStream: false }) : text; // which would look at stdout alone
}

/** Writes, and waits for room; what nobody reads any more is dropped. */
async function write(stream: Writable, data: string | Uint8Array): Promise<void> {
  if (stream.destroyed || stream.writableEnded || stream.write(data)) return;
  const over = new AbortController();
  const { signal } = over;
  const ends = ["drain", "close", "error"].map((name) => once(stream, name, { signal }).catch(() => {}));
  await Promise.race(ends);
  over.abort();
}
