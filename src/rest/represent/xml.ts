import type { Representation } from "../types.js";
import { decodeText } from "./charset.js";
import { readXml } from "./xml-reader.js";
import { toValue } from "./xml-value.js";
import { writeProblemXml, writeXml } from "./xml-writer.js";

const contentType = "application/xml; charset=utf-8";

/**
 * Writes a state as XML 1.0, and reads XML, without DOCTYPE, without entities but the five that XML has.
 *
 * The root is `<document>`; members are elements of their name, or `<_ name="…">` where XML has no such name; items of
 * an array are `<item>`. An attribute `type` says what is not a string: `number`, `boolean`, `null`, `array`, `object`. What
 * JSON can say comes back as it was, but for characters that XML has not, which are U+FFFD. Of XML from elsewhere, elements
 * that come twice make arrays, attributes are members named `@…`, and text beside them is `#text`.
 */
export const xml: Representation = {
  mediaType: "application/xml",
  contentType,
  alsoAccepts: ["text/xml", "application/*+xml"],
  problem: {
    mediaType: "application/problem+xml",
    contentType: "application/problem+xml; charset=utf-8",
    encode: writeProblemXml,
  },
  isText: true,
  encode: (value, { schema }) => writeXml(value, schema),
  decode: (body, { charset, maxDepth, isExact = false }) => {
    const text = decodeText(body, markOf(body) ?? charset ?? declared(body) ?? "utf-8");
    return toValue(readXml(text, maxDepth), isExact);
  },
};

/** Tells the charset by the byte order mark, which goes before all else (RFC 7303 section 3.3). */
function markOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return first === 0xff && second === 0xfe ? "utf-16le" : undefined;
}

/** As long as this is a declaration at most that is looked into. */
const declarationBytes = 200;

function declared(body: Uint8Array): string | undefined {
  const start = String.fromCharCode(...body.subarray(0, declarationBytes));
  return /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([\w.-]+)["']/.exec(start)?.[1]?.toLowerCase();
}
