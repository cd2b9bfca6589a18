// The frame of RFC 6455 section 5.2:
//
//   [FIN RSV1 RSV2 RSV3 opcode*4] [MASK length*7] [length u16 or u64, BE] [masking key, 4 bytes] [payload]

/** The opcode of all frames of a message but the first. */
export const continuationFrame = 0;
/** In the first byte: the last frame of its message. */
export const finBit = 0x80;
/** In the first byte: reserved for extensions. */
export const rsv1Bit = 0x40;
/** In the first byte: reserved for extensions. */
export const rsv2Bit = 0x20;
/** In the first byte: reserved for extensions. */
export const rsv3Bit = 0x10;
/** In the second byte: the payload is masked. */
export const maskBit = 0x80;
/** The most that a control frame carries. */
export const maxControlBytes = 125;
/** The longest header: two bytes, a length of eight, a key of four. */
export const maxHeaderBytes = 14;

const length16 = 126;
const length64 = 127;

/** Tells whether an opcode is that of a control frame: close, ping, pong, or one that is reserved. */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}

/** Tells how long the header is that begins with this second byte. */
export function headerBytesOf(second: number): number {
  const short = second & 0x7f;
  const length = short < length16 ? 0 : short === length16 ? 2 : 8;
  return 2 + length + ((second & maskBit) === 0 ? 0 : 4);
}

/** Tells how long the header of a frame with `n` bytes of payload is. */
export function headerBytesFor(n: number, masked: boolean): number {
  return (n < length16 ? 2 : n < 65_536 ? 4 : 10) + (masked ? 4 : 0);
}

/** Reads the length of the payload of the header at `at`; one beyond 2^53 comes out rounded. */
export function payloadLength(bytes: Uint8Array, at: number): number {
  const short = (bytes[at + 1] as number) & 0x7f;
  if (short < length16) return short;
  if (short === length16) return ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  return u32(bytes, at + 2) * 2 ** 32 + u32(bytes, at + 6);
}

function u32(bytes: Uint8Array, at: number): number {
  const low = ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  return (bytes[at] as number) * 2 ** 24 + low;
}

/** Reads the masking key at `at`, its first byte lowest. */
export function readKey(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Writes a masking key to `at`. */
export function putKey(bytes: Uint8Array, at: number, key: number): void {
  bytes[at] = key;
  bytes[at + 1] = key >> 8;
  bytes[at + 2] = key >> 16;
  bytes[at + 3] = key >> 24;
}

/** Writes a header without its masking key to `at`; returns where it ends. `first` is the first byte. */
export function putHeader(bytes: Uint8Array, at: number, first: number, n: number, masked: boolean): number {
  const mask = masked ? maskBit : 0;
  bytes[at] = first;
  if (n < length16) {
    bytes[at + 1] = mask | n;
    return at + 2;
  }
  if (n < 65_536) {
    bytes[at + 1] = mask | length16;
    bytes[at + 2] = n >> 8;
    bytes[at + 3] = n;
    return at + 4;
  }
  bytes[at + 1] = mask | length64;
  putU32(bytes, at + 2, Math.floor(n / 2 ** 32));
  putU32(bytes, at + 6, n >>> 0);
  return at + 10;
}

function putU32(bytes: Uint8Array, at: number, n: number): void {
  bytes[at] = n >>> 24;
  bytes[at + 1] = n >>> 16;
  bytes[at + 2] = n >>> 8;
  bytes[at + 3] = n;
}
