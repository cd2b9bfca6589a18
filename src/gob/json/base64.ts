/** So many bytes at once become characters: as many as a call takes for arguments. A multiple of 3. */
const piece = 24_576;

/** Encodes bytes as JSON has them: base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += piece) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + piece)));
  }
  return text;
}

/** Decodes base64; `null` for what is none, as Go has it: with padding, and line ends where there may be any. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const dense = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, "") : text;
  if (dense.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(dense)) return null;
  try {
    return Uint8Array.from(atob(dense), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
