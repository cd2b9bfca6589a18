import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { Decoder, GobError, toDebugString } from "../../gob/index.js";
import type { Command, Context } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { checkWords, commonFlags, commonFlagsText, parseBytes, parseFlags } from "../flags.js";
import { chunksOf, readUpTo } from "../input.js";

const help = `Prints a stream of Go's encoding/gob in words: messages, types and values.

Usage: toolkit gob FILE [options]

  FILE is a file, or - for stdin.

  --max-bytes <n>    read so much at most, as in 64KiB or 4MiB; the print also ends after
                     10,000 lines (default: 32MiB)
${commonFlagsText}

  With --json each value is decoded, and printed as {"value":…} in a line, however long the
  stream is. Bytes are {"$bytes":"…"} in base64, integers have all their digits.

Examples:
  toolkit gob session.gob
  toolkit listen tcp://:1234 --once --raw | toolkit gob -
  toolkit gob events.gob --json | head -3

Exit codes: 0, 2 wrong options, 3 no such file, 5 the stream is broken.
`;

const defaultMaxBytes = "32MiB";

/** What the command line asks for. */
export interface GobOptions {
  readonly file: string;
  readonly maxBytes: number;
}

/**
 * Reads the words behind `toolkit gob`.
 * @throws {UsageError} when they make no sense
 */
export function parseGob(args: readonly string[]): GobOptions {
  const { values, positionals } = parseFlags(args, { ...commonFlags, "max-bytes": { type: "string" } });
  checkWords(positionals, ["FILE"]);
  const [file = ""] = positionals;
  return { file, maxBytes: parseBytes("max-bytes", values["max-bytes"] ?? defaultMaxBytes) };
}

/** Prints gob streams. */
export const gobCommand: Command = {
  help,
  run(args, context) {
    const { file, maxBytes } = parseGob(args);
    const stream = file === "-" ? context.host.stdin : createReadStream(file);
    return context.output.json ? printValues(stream, context) : printWords(stream, maxBytes, context);
  },
};

async function printWords(stream: Readable, maxBytes: number, { output, signal }: Context): Promise<number> {
  const { bytes, isCut } = await readUpTo(stream, signal, maxBytes);
  const lines = bytes.byteLength === 0 ? [] : toDebugString(bytes).split("\n");
  const fault = lines.at(-1)?.startsWith("byte ") === true ? lines.pop() : undefined; // the one line that is so
  for (const line of lines) {
    signal.throwIfAborted();
    await output.line(line);
  }
  if (isCut) {
    await output.note(`and so on: only the first ${maxBytes} bytes were read (--max-bytes)`);
    return exitCodes.ok;
  }
  if (fault !== undefined) throw new GobError("ERR_GOB_DATA", fault);
  return exitCodes.ok;
}

async function printValues(stream: Readable, { output, signal }: Context): Promise<number> {
  const decoder = new Decoder();
  for await (const chunk of chunksOf(stream, signal)) {
    decoder.push(chunk);
    await printDecoded(decoder, { output, signal });
  }
  decoder.end();
  await printDecoded(decoder, { output, signal });
  return exitCodes.ok;
}

async function printDecoded(decoder: Decoder, { output, signal }: Pick<Context, "output" | "signal">): Promise<void> {
  for (let value = decoder.decode(); value !== undefined && value !== null; value = decoder.decode()) {
    await output.object({ value });
    signal.throwIfAborted();
  }
}
