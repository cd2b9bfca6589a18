const opaque = String.raw`"[\x21\x23-\x7e\x80-\xff]*"`;
const tag = new RegExp(`^(?:W/)?${opaque}$`);
const listed = new RegExp(String.raw`[\s,]*((?:W/)?${opaque})`, "y");

/**
 * Gives an entity tag in the form of the field: what has no quotes gets them.
 * @throws {RangeError} it has characters that no entity tag may have (RFC 9110 section 8.8.3)
 */
export function formatETag(text: string): string {
  const quoted = tag.test(text) ? text : `"${text}"`;
  if (!tag.test(quoted))
    throw new RangeError(`Entity tag is ${JSON.stringify(text)}, which has characters that none may have`);
  return quoted;
}

/** Reads the list of If-Match and If-None-Match, up to what is not well-formed. */
export function parseETags(text: string): string[] {
  const tags: string[] = [];
  listed.lastIndex = 0;
  for (let match = listed.exec(text); match !== null; match = listed.exec(text)) tags.push(match[1] ?? "");
  return tags;
}

/** Tells whether the tags are the same, and both strong (RFC 9110 section 8.8.3.2). */
export function matchesStrongly(one: string, other: string): boolean {
  return one === other && !one.startsWith("W/");
}

/** Tells whether the tags are the same but for their weakness. */
export function matchesWeakly(one: string, other: string): boolean {
  return withoutWeakness(one) === withoutWeakness(other);
}

function withoutWeakness(etag: string): string {
  return etag.startsWith("W/") ? etag.slice(2) : etag;
}

/** Makes the tag of one representation out of the tag of the state: no two representations share a strong one. */
export function tagOfVariant(etag: string, mediaType: string): string {
  if (etag.startsWith("W/")) return etag;
  return `${etag.slice(0, -1)}.${mediaType.slice(mediaType.indexOf("/") + 1)}"`;
}

/** Tells whether a tag is that of the state, or one that {@link tagOfVariant} makes of it; weakly. */
export function isVariantOf(etag: string, one: string): boolean {
  const [start, text] = [withoutWeakness(etag).slice(0, -1), withoutWeakness(one)];
  return text.startsWith(start) && /^(?:\.[a-z][\w.+-]*)?"$/i.test(text.slice(start.length));
}
