/** What a name begins with, and what it may go on with (XML 1.0 section 2.3), without the colon. */
const start =
  "A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}" +
  "\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}";
const more = `${start}0-9.\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}\\-`;

/** A name without colons, as it is written. Those beyond the first plane are left out: parsers do not know them. */
export const localName: RegExp = new RegExp(`^[${start}][${more}]*$`, "u");

/** A character that XML 1.0 does not have (section 2.2), and halves of pairs. */
export const noCharacter: RegExp = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
