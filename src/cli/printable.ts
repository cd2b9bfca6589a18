// oxlint-disable no-control-regex -- control characters are what this is about

const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Spells out all that could move the cursor or turn text around: what a peer sends must not drive the terminal. */
export function printable(text: string, except = ""): string {
  return text.replace(controls, (char) => (except.includes(char) ? char : spelled(char)));
}

function spelled(char: string): string {
  if (char === "\n") return "\\n";
  if (char === "\r") return "\\r";
  if (char === "\t") return "\\t";
  const code = char.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
}

/** Gives the text that bytes are, or `null` if they are none: no UTF-8, or with control characters. */
export function asText(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return /[\u0000-\u0008\u000e-\u001f\u007f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}
