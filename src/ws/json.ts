import { UnexpectedEOFError } from "../net/errors.js";
import type { Message } from "./message.js";

/**
 * Parses a message as JSON.
 * @throws {UnexpectedEOFError} when it ends early; {@link SyntaxError} when it is no JSON
 */
export function parseMessage<T>(message: Message): T {
  const text = message.text();
  try {
    return JSON.parse(text) as T;
  } catch (err) {
    throw err instanceof SyntaxError && endsEarly(err, text) ? new UnexpectedEOFError(message.data.byteLength) : err;
  }
}

/** The engine says where it could not go on: at the end of the text, if the text is the beginning of something. */
function endsEarly({ message }: SyntaxError, text: string): boolean {
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? message.includes("end of JSON input") : Number(position) >= text.length;
}

/**
 * Prints a value as JSON.
 * @throws {TypeError} when it has no JSON, as `undefined` and functions have none
 */
export function printJSON(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`Cannot write JSON: a value of type ${typeof value} has none`);
  return text;
}
