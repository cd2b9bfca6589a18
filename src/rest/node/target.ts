/** A request's target, taken apart (RFC 9112 section 3.2). */
export interface Target {
  /** The authority of an absolute target, which goes before Host. */
  readonly authority: string | null;
  /** The path, escaped; `*` for the whole server. */
  readonly path: string;
  /** The query with its question mark, or `""`. */
  readonly search: string;
}

/** What is no character of a path (RFC 3986 section 3.3), and what browsers take for a slash. */
const foreign = /[^\w\-.~!$&'()*+,;=:@/%]/g;
const foreignQuery = /[^\w\-.~!$&'()*+,;=:@/?%[\]|^{}`]/g;
/** Most targets: nothing to take apart. */
const plain = /^\/[\w\-.~/]*$/;
const absolute = /^https?:\/\/([^/?#]*)/i;
const authorityForm = /^(?:\[[\da-f:.]+\]|[\w\-.~!$&'()*+,;=%]*)(?::\d*)?$/i;

/** Takes a target apart. Characters that no URL has are escaped: the bytes that a client sends, one by one. */
export function parseTarget(url: string): Target {
  if (plain.test(url)) return { authority: null, path: url, search: "" };
  const match = url.startsWith("/") ? null : absolute.exec(url);
  const rest = match === null ? url : url.slice(match[0].length);
  const hash = rest.indexOf("#");
  const whole = hash < 0 ? rest : rest.slice(0, hash);
  const mark = whole.indexOf("?");
  const path = mark < 0 ? whole : whole.slice(0, mark);
  const search = mark < 0 || mark === whole.length - 1 ? "" : whole.slice(mark);
  const escaped = path.replace(foreign, escapeByte);
  const absolutePath = escaped.startsWith("/") || escaped === "*" ? escaped : `/${escaped}`;
  return { authority: match?.[1] ?? null, path: absolutePath, search: search.replace(foreignQuery, escapeByte) };
}

function escapeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0").slice(-2)}`;
}

/** Tells whether an authority is a host and a port, and nothing that would make another URL. */
export function isAuthority(text: string): boolean {
  return authorityForm.test(text);
}
