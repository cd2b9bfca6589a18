/** What a beginning of JSON turns out to be, as far as it is known. */
export type JSONSniff = "jsonrpc" | "jsonrpc2" | "more" | "none";

/** What is looked for at the top of the object. */
type Expects = "start" | "key" | "colon" | "value" | "version";

const quote = 0x22;
const comma = 0x2c;
const one = 0x31;
const colon = 0x3a;
const bracket = 0x5b;
const backslash = 0x5c;
const closingBracket = 0x5d;
const brace = 0x7b;
const closingBrace = 0x7d;
const utf8 = new TextDecoder();

/**
 * Looks for the member `jsonrpc` in the first object of a stream, byte by byte, and remembers only that object's keys.
 *
 * A batch is JSON-RPC 2.0, whatever is in it, as 1.0 has none. A version that begins with 1 is 1.0, which some servers
 * of it send; any other value is for the codec of 2.0 to refuse.
 */
export class JSONSniffer {
  #expects: Expects = "start";
  /** How deep the value is that is being passed over. */
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  /** The key that is being read, with its quotes. */
  readonly #key: number[] = [];

  /** Whether the object has begun. */
  get hasBegun(): boolean {
    return this.#expects !== "start";
  }

  /** Takes the next byte; white space is passed over. */
  push(byte: number): JSONSniff {
    if (this.#inString) return this.#string(byte);
    if (isSpace(byte)) return "more";
    switch (this.#expects) {
      case "start":
        return this.#start(byte);
      case "key":
        return this.#beginKey(byte);
      case "colon":
        return this.#colon(byte);
      case "version":
        return this.#version(byte);
      case "value":
        return this.#value(byte);
    }
  }

  #start(byte: number): JSONSniff {
    if (byte === bracket) return "jsonrpc2";
    if (byte !== brace) return "none";
    this.#expects = "key";
    return "more";
  }

  #beginKey(byte: number): JSONSniff {
    if (byte === closingBrace) return "jsonrpc";
    if (byte !== quote) return "none";
    this.#inString = true;
    this.#key.push(byte);
    return "more";
  }

  #colon(byte: number): JSONSniff {
    if (byte !== colon) return "none";
    this.#expects = this.#isVersionKey() ? "version" : "value";
    this.#key.length = 0;
    return "more";
  }

  #version(byte: number): JSONSniff {
    if (byte !== quote) return "jsonrpc2";
    this.#inString = true;
    return "more";
  }

  #value(byte: number): JSONSniff {
    if (byte === quote) this.#inString = true;
    else if (byte === brace || byte === bracket) this.#depth++;
    else if (this.#depth > 0) this.#depth -= byte === closingBrace || byte === closingBracket ? 1 : 0;
    else if (byte === closingBrace) return "jsonrpc";
    else if (byte === closingBracket) return "none";
    else if (byte === comma) this.#expects = "key";
    return "more";
  }

  #string(byte: number): JSONSniff {
    if (this.#expects === "version") return byte === one ? "jsonrpc" : "jsonrpc2";
    if (this.#expects === "key") this.#key.push(byte);
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#endString();
    return "more";
  }

  #endString(): void {
    this.#inString = false;
    if (this.#expects === "key") this.#expects = "colon";
  }

  /** Compares the key as JSON has it: with its escapes undone. */
  #isVersionKey(): boolean {
    try {
      return JSON.parse(utf8.decode(Uint8Array.from(this.#key))) === "jsonrpc";
    } catch {
      return false; // a bad escape: the codec will say so
    }
  }
}

/** Tells whether a byte is white space in JSON (RFC 8259 section 2). */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
