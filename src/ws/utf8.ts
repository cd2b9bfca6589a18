const leastContinuation = 0x80;
const mostContinuation = 0xbf;
/** From this many bytes on, the platform's own check is worth its call. */
const longBytes = 48;

/** What the platform may do faster. */
export interface Utf8Platform {
  /** Checks whole characters. */
  isUtf8?(bytes: Uint8Array): boolean;
}

/**
 * Validates UTF-8 as it arrives, in pieces that end anywhere, and fails at the first byte that cannot be right
 * (RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF).
 */
export class Utf8Validator {
  /** How many bytes of the character are still to come. */
  #missing = 0;
  /** What the next of them may be. */
  #least = leastContinuation;
  #most = mostContinuation;
  readonly #platform: Utf8Platform;

  constructor(platform: Utf8Platform = {}) {
    this.#platform = platform;
  }

  /** Tells whether the text may end here. */
  get complete(): boolean {
    return this.#missing === 0;
  }

  /** Begins anew. */
  reset(): void {
    this.#missing = 0;
    this.#least = leastContinuation;
    this.#most = mostContinuation;
  }

  /** Takes the next bytes; returns `false` once the text is invalid. */
  push(bytes: Uint8Array, from: number, to: number): boolean {
    let i = from;
    let isNew = true;
    for (;;) {
      for (; this.#missing > 0; this.#missing--, i++) {
        if (i === to) return true;
        const byte = bytes[i] as number;
        if (byte < this.#least || byte > this.#most) return false;
        this.#least = leastContinuation;
        this.#most = mostContinuation;
      }
      if (isNew && to - i >= longBytes) i = this.#skipLong(bytes, i, to);
      isNew = false;
      i = skipAscii(bytes, i, to);
      if (i === to) return true;
      if (!this.#begin(bytes[i++] as number)) return false;
    }
  }

  /** Skips whole characters, if all of them are right; what is wrong is found byte by byte. */
  #skipLong(bytes: Uint8Array, from: number, to: number): number {
    const end = endOfWhole(bytes, to);
    return this.#platform.isUtf8?.(bytes.subarray(from, end)) === true ? end : from;
  }

  /** Takes the first byte of a character that is not ASCII. */
  #begin(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) this.#least = 0xa0;
    else if (byte === 0xed) this.#most = 0x9f;
    else if (byte === 0xf0) this.#least = 0x90;
    else if (byte === 0xf4) this.#most = 0x8f;
    return true;
  }
}

/** Returns where the last character begins, if it may be cut; it has three bytes before its last one at most. */
function endOfWhole(bytes: Uint8Array, to: number): number {
  for (let i = to - 1; i >= to - 3; i--) if ((bytes[i] as number) >= 0xc0) return i;
  return to;
}

function skipAscii(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  for (const whole = to - 7; i < whole; i += 8) {
    const bits =
      (bytes[i] as number) |
      (bytes[i + 1] as number) |
      (bytes[i + 2] as number) |
      (bytes[i + 3] as number) |
      (bytes[i + 4] as number) |
      (bytes[i + 5] as number) |
      (bytes[i + 6] as number) |
      (bytes[i + 7] as number);
    if (bits > 0x7f) break;
  }
  while (i < to && (bytes[i] as number) < 0x80) i++;
  return i;
}
