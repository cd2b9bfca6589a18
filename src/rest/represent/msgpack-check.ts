/** How many bytes of a value follow its first byte, which says so itself: from 0xc0 on, of what is no container. */
const fixed: Readonly<Record<number, number>> = {
  0xc0: 0, // nil
  0xc2: 0, // false
  0xc3: 0, // true
  0xca: 4, // floats
  0xcb: 8,
  0xcc: 1, // unsigned integers
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1, // integers
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
};

/** How many bytes the length has, of what says its length in bytes: binaries, then strings. */
const lengths: Readonly<Record<number, number>> = { 0xc4: 1, 0xc5: 2, 0xc6: 4, 0xd9: 1, 0xda: 2, 0xdb: 4 };

/** How many bytes the count has, and how many values an item is: arrays, then maps. */
const counts: Readonly<Record<number, readonly [number, number]>> = {
  0xdc: [2, 1],
  0xdd: [4, 1],
  0xde: [2, 2],
  0xdf: [4, 2],
};

/** The lengths of the three forms of a timestamp, by their first byte. */
const timestamps: Readonly<Record<number, number>> = { 0xd6: 4, 0xd7: 8 };
const extension8 = 0xc7;
const timestampType = 0xff;

/**
 * Checks that the bytes are one value of MessagePack, not deeper than `maxDepth`, with no extension but timestamps: what
 * a decoder then takes cannot cost more than the bytes promise.
 * @throws {SyntaxError} they are not
 */
export function checkMsgpack(bytes: Uint8Array, maxDepth: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const left = [1]; // how many values are to come, at each depth
  let at = 0;
  while (left.length > 0) {
    const remaining = left.at(-1) ?? 0;
    if (remaining === 0) {
      left.pop();
      continue;
    }
    left[left.length - 1] = remaining - 1;
    if (at >= bytes.length) refuse("It ends too soon");
    const step = stepOver(view, at);
    at = step.next;
    if (step.values < 0) continue;
    left.push(step.values);
    if (left.length - 1 > maxDepth) refuse(`Nested deeper than ${maxDepth}`);
  }
  if (at !== bytes.length) refuse(at > bytes.length ? "It ends too soon" : "There is more than one value");
}

/** Where the next value begins, and how many values this one holds: -1 for none at all. */
interface Step {
  readonly next: number;
  readonly values: number;
}

function stepOver(view: DataView, at: number): Step {
  const first = view.getUint8(at);
  if (first < 0x80 || first >= 0xe0) return { next: at + 1, values: -1 };
  if (first < 0x90) return { next: at + 1, values: 2 * (first & 0x0f) };
  if (first < 0xa0) return { next: at + 1, values: first & 0x0f };
  if (first < 0xc0) return { next: at + 1 + (first & 0x1f), values: -1 };
  return stepOverWide(view, at, first);
}

function stepOverWide(view: DataView, at: number, first: number): Step {
  const size = fixed[first];
  if (size !== undefined) return { next: at + 1 + size, values: -1 };
  const length = lengths[first];
  if (length !== undefined) return { next: at + 1 + length + uint(view, at + 1, length), values: -1 };
  const count = counts[first];
  if (count !== undefined) return { next: at + 1 + count[0], values: uint(view, at + 1, count[0]) * count[1] };
  return { next: stepOverTimestamp(view, at, first), values: -1 };
}

function stepOverTimestamp(view: DataView, at: number, first: number): number {
  const size = first === extension8 ? uint(view, at + 1, 1) : timestamps[first];
  const typeAt = first === extension8 ? at + 2 : at + 1;
  const isTimestamp =
    size !== undefined && (first !== extension8 || size === 12) && uint(view, typeAt, 1) === timestampType;
  if (!isTimestamp) refuse(`The type 0x${first.toString(16)} is not allowed`);
  return typeAt + 1 + size;
}

function uint(view: DataView, at: number, size: number): number {
  if (at + size > view.byteLength) refuse("It ends too soon");
  if (size === 1) return view.getUint8(at);
  return size === 2 ? view.getUint16(at) : view.getUint32(at);
}

function refuse(reason: string): never {
  throw new SyntaxError(`MessagePack: ${reason}`);
}
