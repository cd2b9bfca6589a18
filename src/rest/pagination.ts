import { formatLinks, type Link } from "./pagination-link.js";
import { Problem } from "./problem.js";
import { Reply } from "./reply.js";
import type { ReplyOptions } from "./types.js";

/** Which page a client asks for. */
export interface PageQuery {
  /** Where it begins, as an earlier page told; `undefined` for the first. */
  readonly cursor: string | undefined;
  /** How many items it has at most. */
  readonly limit: number;
}

/** Options of {@link readPage}. */
export interface PageOptions {
  /** How many items a page has where the client does not say. @default 50 */
  readonly defaultLimit?: number | undefined;
  /** How many it has at most; who asks for more gets so many. @default 100 */
  readonly maxLimit?: number | undefined;
}

/** More characters are no cursor of ours. */
const maxCursorLength = 2048;

/**
 * Reads which page is asked for, from `?cursor=…&limit=…`.
 *
 * @example
 * ```ts
 * import { handler, page, readPage, resource } from "toolkit/rest";
 *
 * const all = Array.from({ length: 250 }, (_, i) => `video ${i}`);
 * const videos = resource("/videos", {
 *   GET: (_request, { url }) => {
 *     const { cursor = "0", limit } = readPage(url);
 *     const end = Number(cursor) + limit;
 *     return page(url, all.slice(Number(cursor), end), { next: end < all.length ? String(end) : undefined });
 *   },
 * });
 * const response = await handler(videos)(new Request("http://localhost/videos?limit=100&sort=asc"));
 * console.log(response.headers.get("Link")); // <?limit=100&sort=asc&cursor=100>; rel="next"
 * ```
 * @throws {Problem} 400 for a limit that is no whole number from 1 on, or a cursor that is too long
 */
export function readPage(url: URL, options: PageOptions = {}): PageQuery {
  const { maxLimit = 100, defaultLimit = Math.min(50, maxLimit) } = options;
  const limit = url.searchParams.get("limit");
  const cursor = url.searchParams.get("cursor") ?? undefined;
  if (limit !== null && !/^0*[1-9]\d{0,15}$/.test(limit)) throw new Problem(400, "limit is no whole number from 1 on");
  if (cursor !== undefined && cursor.length > maxCursorLength) throw new Problem(400, "cursor is too long");
  return { cursor, limit: Math.min(limit === null ? defaultLimit : Number(limit), maxLimit) };
}

/** The cursors of other pages; `undefined` where there is none. */
export interface PageCursors {
  /** The next page. */
  readonly next?: string | undefined;
  /** The page before. */
  readonly prev?: string | undefined;
  /** The last page. */
  readonly last?: string | undefined;
  /** Whether to name the first page, which needs no cursor. @default false */
  readonly first?: boolean | undefined;
}

/**
 * Writes the Link field of a page. The links are relative to the request, with the rest of its query as it was: no proxy, no mount point and no
 * Host field can turn them elsewhere.
 *
 * @example
 * ```ts
 * import { pageLinks } from "toolkit/rest";
 *
 * const url = new URL("http://localhost/videos?limit=10&cursor=20");
 * console.log(pageLinks(url, { next: "30" })); // <?limit=10&cursor=30>; rel="next"
 * ```
 * @see {@link https://www.rfc-editor.org/rfc/rfc8288 | RFC 8288}
 */
export function pageLinks(url: URL, { first, prev, next, last }: PageCursors): string {
  const links: Link[] = first === true ? [linkTo(url, "first", null)] : [];
  for (const [rel, cursor] of Object.entries({ prev, next, last })) {
    if (cursor !== undefined) links.push(linkTo(url, rel, cursor));
  }
  return formatLinks(links);
}

function linkTo(url: URL, rel: string, cursor: string | null): Link {
  const query = new URLSearchParams(url.searchParams);
  query.delete("cursor");
  if (cursor !== null) query.set("cursor", cursor);
  // A query alone keeps the path, whatever stands before it for the client; without one the last segment says the same.
  const last = url.pathname.slice(url.pathname.lastIndexOf("/") + 1).replace(/[\\^`{|}]/g, encodeURIComponent);
  return { target: query.size === 0 ? `./${last}` : `?${query}`, rel };
}

/** Gives a page of a list, with links to its neighbours: see {@link readPage}. */
export function page<T>(url: URL, items: readonly T[], cursors: PageCursors, options: ReplyOptions = {}): Reply {
  const headers = new Headers(options.headers);
  const links = pageLinks(url, cursors);
  if (links !== "") headers.append("Link", links);
  return new Reply(items, { ...options, headers });
}
