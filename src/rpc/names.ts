const slots = 256;
const maxBytes = 64;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

interface Name {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Decodes the names that come again and again, such as `Arith.Multiply`, without making a new string each time. Keeps
 * 256 names of 64 bytes at most; others are decoded as they come.
 */
export class Names {
  readonly #names: (Name | undefined)[] = Array.from({ length: slots }, () => undefined);

  /** Returns the text of the bytes from `start` to `end`. */
  get(bytes: Uint8Array, start: number, end: number): string {
    if (start === end) return "";
    if (end - start > maxBytes) return decoder.decode(bytes.subarray(start, end));
    const slot = hash(bytes, start, end);
    const name = this.#names[slot];
    if (name !== undefined && equals(name.bytes, bytes, start, end)) return name.text;
    const own = bytes.slice(start, end);
    const text = decoder.decode(own);
    this.#names[slot] = { bytes: own, text };
    return text;
  }
}

/** Hashes the length and the last bytes, where the names of one service differ. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  const last = bytes[end - 1] as number;
  const middle = bytes[(start + end) >> 1] as number;
  return ((end - start) * 961 + middle * 31 + last) & (slots - 1);
}

function equals(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const n = end - start;
  if (name.length !== n) return false;
  for (let i = 0; i < n; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}
