/** So many bytes at once become characters: not too many for a call's arguments. A multiple of 3. */
const piece = 3072;

/** Encodes bytes as JSON has them: base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += piece) {
    // Spread would iterate, which takes three times as long.
    text += btoa(String.fromCharCode.apply(null, bytes.subarray(at, at + piece) as unknown as number[]));
  }
  return text;
}

/** Decodes base64; `null` for what is none, as Go has it: with padding, and line ends where there may be any. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const dense = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, "") : text;
  if (dense.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(dense)) return null;
  try {
    return bytesOf(atob(dense));
  } catch {
    return null;
  }
}

/** Ten times as fast as Uint8Array.from, which iterates. */
function bytesOf(latin1: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(latin1.length);
  for (let i = 0; i < latin1.length; i++) bytes[i] = latin1.charCodeAt(i);
  return bytes;
}
