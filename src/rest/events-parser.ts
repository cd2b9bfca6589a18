import { LimitError } from "../net/errors.js";

/** One event of an event stream, as it was received. */
export interface ReceivedEvent {
  /** What it says; {@link ReceivedEvent.json} parses it. */
  readonly data: string;
  /** What kind of event it is; `"message"` where it does not tell. */
  readonly event: string;
  /** The last id that the stream has told; empty if there was none. */
  readonly lastEventId: string;
  /**
   * Parses the data as JSON.
   * @throws {SyntaxError} when it is none
   */
  json(): unknown;
}

class Received implements ReceivedEvent {
  readonly data: string;
  readonly event: string;
  readonly lastEventId: string;

  constructor(data: string, event: string, lastEventId: string) {
    this.data = data;
    this.event = event;
    this.lastEventId = lastEventId;
  }
  json(): unknown {
    return JSON.parse(this.data);
  }
}

/**
 * Reads the text of an event stream, which may come in any pieces. An event that the end of the stream cuts off is none.
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation | HTML: event stream}
 */
export class EventParser {
  /** The last id that was told. */
  lastEventId: string;
  /** How long to wait before connecting again, if the stream has told. */
  retryMs: number | undefined;
  readonly #limit: number;
  /** The line that is under way. */
  #line: string[] = [];
  #lineLength = 0;
  #data: string[] = [];
  #dataLength = 0;
  #event = "";
  #isFirst = true;
  /** A CR was the last of a piece: an LF that comes next is of the same line break. */
  #afterCR = false;

  /** `maxEventChars` is what an event may have, and a line: a stream cannot fill memory with either. */
  constructor(maxEventChars: number, lastEventId = "") {
    this.#limit = maxEventChars;
    this.lastEventId = lastEventId;
  }

  /**
   * Takes the next piece, and gives the events that it completes.
   * @throws {LimitError} when a line or an event is longer than it may be
   */
  push(piece: string): ReceivedEvent[] {
    if (piece === "") return [];
    const events: ReceivedEvent[] = [];
    const text = this.#begin(piece);
    const ends = /\r\n?|\n/g;
    let from = 0;
    for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
      this.#add(text.slice(from, end.index));
      const event = this.#endLine();
      if (event !== null) events.push(event);
      from = ends.lastIndex;
    }
    this.#afterCR = text.endsWith("\r");
    this.#add(text.slice(from));
    return events;
  }

  #begin(piece: string): string {
    let text = piece;
    if (this.#afterCR && text.startsWith("\n")) text = text.slice(1);
    if (this.#isFirst && text !== "") {
      this.#isFirst = false;
      if (text.startsWith("\uFEFF")) text = text.slice(1);
    }
    return text;
  }

  #add(part: string): void {
    if (part === "") return;
    this.#lineLength += part.length;
    this.#check(this.#lineLength + this.#dataLength);
    this.#line.push(part);
  }

  #check(length: number): void {
    if (length > this.#limit) throw new LimitError(`event is longer than ${this.#limit}: see maxEventChars`);
  }

  #endLine(): ReceivedEvent | null {
    const line = this.#line.join("");
    this.#line = [];
    this.#lineLength = 0;
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon !== 0) this.#field(colon < 0 ? line : line.slice(0, colon), colon < 0 ? "" : valueOf(line, colon));
    return null;
  }

  #field(name: string, value: string): void {
    if (name === "data") this.#addData(value);
    else if (name === "event") this.#event = value;
    else if (name === "id" && !value.includes("\0")) this.lastEventId = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
  }

  /** A line of data counts at least one: there can be no end of empty ones either. */
  #addData(value: string): void {
    this.#dataLength += value.length + 1;
    this.#check(this.#dataLength);
    this.#data.push(value);
  }

  #dispatch(): ReceivedEvent | null {
    const lines = this.#data;
    const event = this.#event || "message";
    this.#data = [];
    this.#dataLength = 0;
    this.#event = "";
    return lines.length === 0 ? null : new Received(lines.join("\n"), event, this.lastEventId);
  }
}

/** One space behind the colon belongs to it. */
function valueOf(line: string, colon: number): string {
  return line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
}
