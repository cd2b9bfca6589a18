const dots = /^(?:\.|%2e){1,2}$/i;
const unclean = /\/(?:\/|(?:\.|%2e){1,2}(?:\/|$))/i;
const malformed = /%(?![0-9a-f]{2})/i;

/**
 * Gives the path without empty segments, `.` and `..`; a trailing slash stays. `%2e` is a dot too, as for all that read
 * URLs as the WHATWG does; `%2f` is not a slash.
 */
export function cleanPath(path: string): string {
  if (path.startsWith("/") && !unclean.test(path)) return path;
  const kept: string[] = [];
  const segments = path.split("/");
  for (const segment of segments) {
    if (dots.test(segment)) {
      if (segment.replace(/%2e/gi, ".") === "..") kept.pop();
    } else if (segment !== "") {
      kept.push(segment);
    }
  }
  const last = segments.at(-1) ?? "";
  return kept.length === 0 || last !== "" ? `/${kept.join("/")}` : `/${kept.join("/")}/`;
}

/** Decodes a segment; what is not UTF-8, and what is no escape, stays as it is. */
export function unescapeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Tells whether a `%` in the path is not followed by two hexadecimal digits. */
export function isMalformed(path: string): boolean {
  return path.includes("%") && malformed.test(path);
}
