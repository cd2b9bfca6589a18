/** The first digit. */
export const digit0 = 0x30;
/** Begins and ends a string. */
export const quote = 0x22;
/** Begins an escape. */
export const backslash = 0x5c;
/** Ends a line. */
export const newline = 0x0a;

/** What may come next. The states up to `exponent` are those within a number. */
export const states = {
  value: 0,
  firstElement: 1,
  firstKey: 2,
  key: 3,
  colon: 4,
  comma: 5,
  text: 6,
  escape: 7,
  hex: 8,
  word: 9,
  minus: 10,
  zero: 11,
  digits: 12,
  point: 13,
  fraction: 14,
  exponent: 15,
  exponentSign: 16,
  exponentDigits: 17,
  broken: 18,
} as const;

/** Where a byte is that does not belong, in the words of Go's encoding/json. */
export const places: readonly string[] = [
  "looking for beginning of value",
  "looking for beginning of value",
  "looking for beginning of object key string",
  "looking for beginning of object key string",
  "after object key",
  "after array element",
  "in string literal",
  "in string escape code",
  "in \\u hexadecimal character escape",
  "in literal",
  "in numeric literal",
  "after top-level value",
  "after top-level value",
  "after decimal point in numeric literal",
  "after top-level value",
  "in exponent of numeric literal",
  "in exponent of numeric literal",
  "after top-level value",
];

/** Gives the state after a byte within a number, or -1 for a byte that does not belong to it. */
export function afterDigit(state: number, byte: number): number {
  const isDigit = byte >= digit0 && byte <= 0x39;
  const isE = byte === 0x65 || byte === 0x45;
  switch (state) {
    case states.minus:
      return isDigit ? (byte === digit0 ? states.zero : states.digits) : -1;
    case states.zero:
    case states.digits:
      if (isDigit && state === states.digits) return state;
      return byte === 0x2e ? states.point : isE ? states.exponent : -1;
    case states.point:
      return isDigit ? states.fraction : -1;
    case states.fraction:
      return isDigit ? state : isE ? states.exponent : -1;
    case states.exponent:
      if (byte === 0x2b || byte === 0x2d) return states.exponentSign;
      return isDigit ? states.exponentDigits : -1;
    default:
      return isDigit ? states.exponentDigits : -1;
  }
}

/** Tells whether a number may end here. */
export function isWhole(state: number): boolean {
  return (
    state === states.zero || state === states.digits || state === states.fraction || state === states.exponentDigits
  );
}

/** Tells whether a byte is a hexadecimal digit. */
export function isHex(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= digit0 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

/** Tells whether a byte may follow a backslash: one of `"\/bfnrt`. */
export function isEscape(byte: number): boolean {
  return '"\\/bfnrt'.includes(String.fromCharCode(byte));
}

/** Spells a byte as Go does. */
export function quoted(byte: number): string {
  if (byte === 0x27) return "'\\''";
  if (byte === backslash) return "'\\\\'";
  if (byte === newline) return "'\\n'";
  const isPrintable = byte >= 0x20 && byte !== 0x7f;
  return isPrintable ? `'${String.fromCharCode(byte)}'` : `'\\x${byte.toString(16).padStart(2, "0")}'`;
}
