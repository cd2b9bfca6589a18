const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to this length a plain loop beats the encoder. */
const loopLength = 64;

/** Encodes text as UTF-8. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Decodes UTF-8; what is invalid becomes U+FFFD, and a byte order mark stays. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Tells whether text is short, and of ASCII alone, so that {@link putAscii} can encode it. */
export function isShortAscii(text: string): boolean {
  if (text.length > loopLength) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Writes ASCII text to `into`, from `at` on. */
export function putAscii(text: string, into: Uint8Array, at: number): void {
  for (let i = 0; i < text.length; i++) into[at + i] = text.charCodeAt(i);
}

/** Returns as much of the text, at whole characters, as fits into `max` bytes of UTF-8. */
export function fitText(text: string, max: number): string {
  const bytes = encoder.encode(text);
  if (bytes.byteLength <= max) return text;
  let end = max;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return decodeText(bytes.subarray(0, end));
}
