import type { Header } from "./header-reader.js";

/** What requests and successful responses begin with, up to their number, as Go programs and we write them. */
const requestStart = Uint8Array.of(0x82, 0xa3, 0x53, 0x65, 0x71);
const responseStart = Uint8Array.of(0x83, 0xa5, 0x45, 0x72, 0x72, 0x6f, 0x72, 0xa0, 0xa3, 0x53, 0x65, 0x71);
/** The key `ServiceMethod`, and the byte before it. */
const keyBytes = 14;
const slots = 64;

/** How a header goes on behind its number. */
interface Tail {
  readonly bytes: Uint8Array;
  readonly serviceMethod: string;
}

/**
 * Reads headers that differ from one that was read before in their number alone, at a tenth of the cost: that is what
 * nearly all of them are (bench/rpc-echo). Of others it says nothing.
 */
export class QuickHeader {
  readonly #tails: (Tail | undefined)[] = Array.from({ length: slots }, () => undefined);
  #seq = 0;
  #tail: Tail | undefined;
  #isResponse = false;

  /** Returns the size of the header that begins at `start`, or 0 if it is none that was learned or not all of it is there. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    const first = bytes[start];
    this.#isResponse = first === 0x83;
    if (first !== 0x82 && first !== 0x83) return 0;
    const opening = this.#isResponse ? responseStart : requestStart;
    if (!startsWith(bytes, start, end, opening)) return 0;
    const behind = this.#number(bytes, start + opening.length, end);
    if (behind === 0) return 0;
    const n = this.#known(bytes, behind, end);
    return n === 0 ? 0 : behind + n - start;
  }

  /** Fills in what {@link QuickHeader.scan} has found. Tells whether it is a response's. */
  fill(header: Header): boolean {
    header.serviceMethod = (this.#tail as Tail).serviceMethod;
    header.seq = this.#seq;
    header.error = "";
    header.meta = undefined;
    header.timeoutMs = undefined;
    header.window = undefined;
    header.isNotification = undefined;
    header.code = undefined;
    header.isPartial = undefined;
    return this.#isResponse;
  }

  /** Learns from a header that was read in full. */
  learn(bytes: Uint8Array, start: number, end: number, serviceMethod: string): void {
    const opening = bytes[start] === 0x83 ? responseStart : requestStart;
    if (!startsWith(bytes, start, end, opening)) return;
    const behind = this.#number(bytes, start + opening.length, end);
    if (behind === 0 || end !== tailEnd(bytes, behind, end)) return;
    this.#tails[slotOf(bytes, behind, end)] = { bytes: bytes.slice(behind, end), serviceMethod };
  }

  /** Reads a number; returns where it ends, or 0. */
  #number(bytes: Uint8Array, at: number, end: number): number {
    if (at + 5 > end) return 0;
    const token = bytes[at] as number;
    if (token < 0x80) {
      this.#seq = token;
      return at + 1;
    }
    if (token < 0xcc || token > 0xce) return 0;
    let seq = 0;
    const behind = at + 1 + (1 << (token - 0xcc));
    for (let i = at + 1; i < behind; i++) seq = seq * 256 + (bytes[i] as number);
    this.#seq = seq;
    return behind;
  }

  /** Returns the size of what comes behind the number if it is known, or 0. */
  #known(bytes: Uint8Array, at: number, end: number): number {
    const behind = tailEnd(bytes, at, end);
    if (behind === 0) return 0;
    const tail = this.#tails[slotOf(bytes, at, behind)];
    if (tail === undefined || tail.bytes.length !== behind - at || !startsWith(bytes, at, end, tail.bytes)) return 0;
    this.#tail = tail;
    return behind - at;
  }
}

/** Where a key of the length of `ServiceMethod` and a short string behind it end; 0 if they do not. */
function tailEnd(bytes: Uint8Array, at: number, end: number): number {
  const token = at + keyBytes < end ? (bytes[at + keyBytes] as number) : 0;
  if (token < 0xa0 || token > 0xbf) return 0;
  const behind = at + keyBytes + 1 + (token & 31);
  return behind <= end ? behind : 0;
}

/** Hashes what differs: the length of a method's name, and its last letters. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  return ((end - start) * 31 + (bytes[end - 1] as number) * 7 + (bytes[end - 3] as number)) & (slots - 1);
}

function startsWith(bytes: Uint8Array, at: number, end: number, wanted: Uint8Array): boolean {
  const n = wanted.length;
  if (at + n > end) return false;
  for (let i = 0; i < n; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}
