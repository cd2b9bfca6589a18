import { parse } from "content-type";

/** A media type, in lower case. */
export interface MediaType {
  /** It without its parameters; `""` where it is not told, or malformed. */
  readonly type: string;
  /** The charset. */
  readonly charset: string | undefined;
}

/** Most have no parameters. */
const plain = /^[a-z]+\/[a-z\d.+-]+$/;

/** Reads a Content-Type (RFC 9110 section 8.3). */
export function readMediaType(field: string): MediaType {
  if (plain.test(field)) return { type: field, charset: undefined };
  const { type, parameters } = parse(field);
  return { type, charset: parameters["charset"]?.toLowerCase() };
}

/** Tells whether a media type is in a list, where `type/*+suffix` and `type/*` stand for many. */
export function isAmong(mediaType: string, list: readonly string[]): boolean {
  return list.some((one) => {
    const star = one.indexOf("*");
    if (star < 0) return one === mediaType;
    return mediaType.startsWith(one.slice(0, star)) && mediaType.endsWith(one.slice(star + 1));
  });
}
