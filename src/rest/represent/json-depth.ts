const quote = 0x22;
const backslash = 0x5c;
/** `{` and `[` with the bit set that tells them from each other; and `}`, `]`. */
const open = 0x7b;
const close = 0x7d;
const bracketBit = 0x20;

/** Tells whether text nests deeper than `maxDepth`, before a parser takes it. Of text that is no JSON it says nothing. */
export function exceedsDepth(text: string, maxDepth: number): boolean {
  if (text.length <= 2 * maxDepth) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) {
      i = endOfString(text, i + 1);
    } else if ((code | bracketBit) === open) {
      if (++depth > maxDepth) return true;
    } else if ((code | bracketBit) === close) {
      depth--;
    }
  }
  return false;
}

function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === backslash) first--;
  return (at - first) % 2 === 1;
}
