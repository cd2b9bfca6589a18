import { createReadStream } from "node:fs";
import { clearScreenDown, createInterface, cursorTo, type Interface } from "node:readline";
import { BinaryMessage, TextMessage } from "../../ws/constants.js";
import type { Context } from "../command.js";
import { failureOf } from "../failure.js";
import { readAll } from "../input.js";
import type { Output } from "../output.js";
import { Stopped } from "../stopped.js";
import { describe, type WSEvent } from "./events.js";
import { type Line, lineCommands, lineHelp, parseLine } from "./line.js";
import type { Session } from "./session.js";

const historySize = 500;

/** Talks with a user at a terminal. */
export class Conversation {
  readonly #output: Output;
  readonly #stdout: Context["host"]["stdout"];
  readonly #rl: Interface;
  /** Asked for at once, as what is typed until then would be lost. */
  readonly #lines: AsyncIterableIterator<string>;
  readonly #interrupted = new AbortController();
  #isOpen = true;

  constructor({ host, output }: Context) {
    this.#output = output;
    this.#stdout = host.stdout;
    this.#rl = createInterface({
      input: host.stdin,
      output: host.stdout,
      terminal: true,
      historySize,
      removeHistoryDuplicates: true,
      prompt: "> ",
      completer: (line: string) => [lineCommands.filter((name) => line !== "" && name.startsWith(line)), line],
    });
    this.#lines = this.#rl[Symbol.asyncIterator]();
    this.#rl.once("SIGINT", () => this.#interrupted.abort(new Stopped(130)));
    this.#rl.once("close", () => {
      this.#isOpen = false;
    });
  }

  /** Aborts at Ctrl-C, which comes as a key. */
  get signal(): AbortSignal {
    return this.#interrupted.signal;
  }

  /** Shows an event above the line that is being edited. */
  readonly report = async (event: WSEvent): Promise<void> => {
    const [first = "", ...rest] = describe(event).split("\n");
    await this.#show([this.#output.paint(event.event === "message" ? "cyan" : "dim", first), ...rest].join("\n"));
  };

  /** Does what is typed until the user, or the signal, ends it. */
  async run(session: Session, signal: AbortSignal): Promise<void> {
    const end = () => this.#rl.close();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    await this.#show(this.#output.paint("dim", "/help tells what there is, Ctrl-D closes"));
    try {
      for await (const line of this.#lines) {
        if (signal.aborted || (await this.#obey(parseLine(line), session, signal)) === "end") break;
        this.#rl.prompt();
      }
    } finally {
      signal.removeEventListener("abort", end);
    }
  }

  /** Takes the prompt away. */
  close(): void {
    if (this.#isOpen) clearLine(this.#stdout);
    this.#rl.close();
  }

  async #show(text: string): Promise<void> {
    if (!this.#isOpen) return this.#output.line(text);
    clearLine(this.#stdout);
    await this.#output.line(text);
    if (this.#isOpen) this.#rl.prompt(true);
  }

  /** Does what a line says; what goes wrong with one is said, and the conversation goes on. */
  async #obey(line: Line, session: Session, signal: AbortSignal): Promise<"end" | "go on"> {
    switch (line.kind) {
      case "help":
        await this.#show(lineHelp);
        break;
      case "mistake":
        await this.#show(line.text);
        break;
      case "text":
        await session.conn.writeMessage(TextMessage, line.text);
        break;
      case "binary":
        await session.conn.writeMessage(BinaryMessage, line.bytes);
        break;
      case "file":
        await this.#sendFile(line.path, session, signal);
        break;
      case "ping":
        session.ping(line.text);
        break;
      case "close":
        await session.goodbye(line.code, line.reason);
        return "end";
    }
    return "go on";
  }

  async #sendFile(path: string, { conn }: Session, signal: AbortSignal): Promise<void> {
    try {
      const bytes = await readAll(createReadStream(path), signal);
      await conn.writeMessage(BinaryMessage, bytes);
      await this.#show(this.#output.paint("dim", `sent ${bytes.byteLength} bytes`));
    } catch (err) {
      await this.#show(failureOf(err).message);
    }
  }
}

function clearLine(stdout: Context["host"]["stdout"]): void {
  cursorTo(stdout, 0);
  clearScreenDown(stdout);
}
