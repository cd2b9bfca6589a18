import { LimitError } from "../../net/errors.js";
import { ResponseError } from "./errors.js";
import type { ClientReply, ValueOptions } from "./options.js";

/** Options of {@link RestClient.pages}. */
export interface PagesOptions<T, P extends string = string> extends ValueOptions<T, P> {
  /** A list that has more pages is an error. @default 10_000 */
  readonly maxPages?: number | undefined;
}

/** Goes from page to page. */
export async function* pagesOf<T>(
  first: () => URL,
  get: (url: URL) => Promise<ClientReply<T>>,
  maxPages = 10_000,
): AsyncGenerator<ClientReply<T>, void, undefined> {
  const seen = new Set<string>();
  for (let url: URL | null = first(); url !== null; ) {
    if (seen.size >= maxPages) throw new LimitError(`list has more than ${maxPages} pages: see maxPages`);
    seen.add(url.href);
    const reply: ClientReply<T> = await get(url);
    yield reply;
    url = nextOf(reply, url, seen);
  }
}

function nextOf({ links, url, status }: ClientReply, asked: URL, seen: ReadonlySet<string>): URL | null {
  const link = links.find(({ rel }) => rel === "next");
  if (link === undefined) return null;
  if (!URL.canParse(link.target, url)) throw new ResponseError(`next page is no URL: ${link.target}`, status);
  const next = new URL(link.target, url);
  next.hash = "";
  if (next.origin !== asked.origin) throw new ResponseError(`next page is elsewhere: ${next.href}`, status);
  if (seen.has(next.href)) throw new ResponseError(`next page was there before: ${next.href}`, status);
  return next;
}
