const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to this many code units, or bytes, a loop beats the platform's own coder. */
const shortLength = 32;

/** Encodes UTF-8. */
export function encodeText(v: string): Uint8Array {
  return encoder.encode(v);
}

/** Encodes UTF-8 into the bytes from `at` to `end`, as much as fits: how many code units, and bytes. */
export function encodeInto(v: string, b: Uint8Array, at: number, end: number): { read: number; written: number } {
  return encoder.encodeInto(v, b.subarray(at, end));
}

/** Writes UTF-8 at `at`, where there must be room for three bytes a code unit; returns where it ends. */
export function putText(b: Uint8Array, at: number, v: string): number {
  const { length } = v;
  if (length > shortLength) return at + encoder.encodeInto(v, b.subarray(at)).written;
  for (let i = 0; i < length; i++) {
    const unit = v.charCodeAt(i);
    if (unit > 127) return at + encoder.encodeInto(v, b.subarray(at)).written;
    b[at + i] = unit;
  }
  return at + length;
}

/** Reads UTF-8 from `at` to `end`; what is none becomes U+FFFD. */
export function getText(b: Uint8Array, at: number, end: number): string {
  if (end - at > shortLength) return decoder.decode(b.subarray(at, end));
  let text = "";
  for (let i = at; i < end; i++) {
    const byte = b[i] as number;
    if (byte > 127) return decoder.decode(b.subarray(at, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
