/** One event of an event stream, as it is sent. */
export interface ServerEvent {
  /** What it says: a string goes out as it is, in as many lines as it has; all else as JSON. */
  readonly data?: unknown;
  /** What kind of event it is. @default "message" */
  readonly event?: string | undefined;
  /** Where a client goes on that lost its connection: it sends the last id that it saw in `Last-Event-ID`. */
  readonly id?: string | number | undefined;
  /** How long a client waits before it connects again, in milliseconds. */
  readonly retryMs?: number | undefined;
}

/** What keeps a silent stream alive: a comment, which clients skip. */
export const heartbeat = ":\n\n";

/**
 * Writes an event in the format of an event stream: lines `field: value`, and an empty one.
 *
 * @example
 * ```ts
 * import { formatEvent } from "toolkit/rest";
 *
 * console.log(JSON.stringify(formatEvent({ id: 1, data: "a\nb" }))); // "id: 1\ndata: a\ndata: b\n\n"
 * ```
 * @throws {TypeError} for an id or a kind with a line break in it, which would be fields of their own, and for data that JSON has nothing for
 * @throws {RangeError} for a time that is no whole number of milliseconds
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream | HTML: event stream}
 */
export function formatEvent({ data, event, id, retryMs }: ServerEvent): string {
  let text = "";
  if (retryMs !== undefined) text += `retry: ${milliseconds(retryMs)}\n`;
  if (event !== undefined && event !== "") text += `event: ${oneLine(event, "Kind")}\n`;
  if (id !== undefined) text += `id: ${oneLine(String(id), "Id")}\n`;
  if (data !== undefined) text += dataLines(data);
  return `${text}\n`;
}

function dataLines(data: unknown): string {
  const text: unknown = typeof data === "string" ? data : JSON.stringify(data);
  if (typeof text !== "string") throw new TypeError(`Data of an event is a ${typeof data}`);
  const lines = text.split(/\r\n|[\r\n]/);
  return lines.map((line) => `data: ${line}\n`).join("");
}

function oneLine(text: string, what: string): string {
  if (/[\r\n\0]/.test(text)) throw new TypeError(`${what} of an event has a line break or NUL in it`);
  return text;
}

function milliseconds(retryMs: number): number {
  if (!Number.isSafeInteger(retryMs) || retryMs < 0) throw new RangeError(`retryMs is ${retryMs}, not a whole number`);
  return retryMs;
}
