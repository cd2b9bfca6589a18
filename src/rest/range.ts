/** A part of some content, in bytes. */
export interface ByteRange {
  /** The first byte. */
  readonly start: number;
  /** The byte behind the last. */
  readonly end: number;
}

/** As many ranges are served in one answer; whoever asks for more gets all of the content. */
const maxRanges = 50;

/**
 * Reads the field Range for content of `size` bytes: gives the ranges, `"unsatisfiable"` (416), or `null` where the field
 * is to be ignored: of another unit, malformed, or asking for more than there is, in bytes or in pieces.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-14.2 | RFC 9110 section 14.2}
 */
export function parseRange(text: string, size: number): readonly ByteRange[] | "unsatisfiable" | null {
  const list = /^bytes=(.*)$/is.exec(text.trim())?.[1];
  if (list === undefined) return null;
  const ranges: ByteRange[] = [];
  const specs = list.split(",").flatMap((spec) => spec.trim() || []); // a list may have empty elements (section 5.6.1)
  if (specs.length === 0) return null;
  for (const spec of specs) {
    const [, first, last] = /^(\d*)-(\d*)$/.exec(spec) ?? [];
    if (first === undefined || last === undefined || (first === "" && last === "")) return null;
    if (first !== "" && last !== "" && Number(last) < Number(first)) return null;
    const range = clamp(first, last, size);
    if (range.start < range.end) ranges.push(range);
  }
  if (ranges.length === 0) return "unsatisfiable";
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  return ranges.length > maxRanges || total > size ? null : ranges;
}

function clamp(first: string, last: string, size: number): ByteRange {
  if (first === "") return { start: Math.max(0, size - Number(last)), end: size };
  return { start: Number(first), end: last === "" ? size : Math.min(size, Number(last) + 1) };
}

/** Writes Content-Range; without a range it is that of a 416. */
export function contentRange(range: ByteRange | null, size: number): string {
  return range === null ? `bytes */${size}` : `bytes ${range.start}-${range.end - 1}/${size}`;
}

/** Several ranges as one body. */
export interface Multipart {
  /** The value of Content-Type. */
  readonly contentType: string;
  /** The parts, cut out of the content when they are read. */
  readonly body: Blob;
}

/** Puts ranges into a body of multipart/byteranges (RFC 9110 section 14.6). */
export function multipart(content: Blob, ranges: readonly ByteRange[], contentType: string): Multipart {
  const boundary = crypto.randomUUID();
  const parts: BlobPart[] = [];
  for (const range of ranges) {
    const header = `Content-Type: ${contentType}\r\nContent-Range: ${contentRange(range, content.size)}\r\n\r\n`;
    parts.push(`--${boundary}\r\n${header}`, content.slice(range.start, range.end), "\r\n");
  }
  return {
    contentType: `multipart/byteranges; boundary=${boundary}`,
    body: new Blob([...parts, `--${boundary}--\r\n`]),
  };
}
