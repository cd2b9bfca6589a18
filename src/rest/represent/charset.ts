/** Says that bytes are of a charset that is not read here: 415. */
export class CharsetError extends Error {
  override name = "CharsetError";
}

/** What nearly all text is: one that is fatal keeps nothing from one call to the next. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes text; a byte order mark is left out.
 * @throws {SyntaxError} the bytes are none of this charset
 * @throws {CharsetError} the charset is not known
 */
export function decodeText(body: Uint8Array, charset: string): string {
  const decoder = decoderOf(charset);
  try {
    return decoder.decode(body);
  } catch (cause) {
    throw new SyntaxError(`The body is not ${charset}`, { cause });
  }
}

function decoderOf(charset: string): TextDecoder {
  if (charset === "utf-8") return utf8;
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw new CharsetError(`The charset ${charset} is not known`, { cause });
  }
}

/**
 * Checks that text of a format that is always UTF-8 is not said to be something else.
 * @throws {CharsetError} it is
 */
export function requireUtf8(charset: string | undefined): void {
  if (charset === undefined || charset === "utf-8" || charset === "utf8" || charset === "us-ascii") return;
  throw new CharsetError(`The charset is to be utf-8, not ${charset}`);
}
