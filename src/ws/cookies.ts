import type { Attempt } from "./dial-attempt.js";
import type { Target } from "./dial-url.js";

/** Keeps cookies, as tough-cookie's `CookieJar` does; any object with these two methods will do. */
export interface CookieJar {
  /** Gives the value of `Cookie` for a request to a URL, which is `http:` or `https:`; empty for none. */
  getCookieString(url: string): string | Promise<string>;
  /** Takes a `Set-Cookie` of an answer from a URL. With `ignoreError` one that is not acceptable is no error. */
  setCookie(cookie: string, url: string, options: { ignoreError: true }): unknown;
}

/** Asks the jar for the cookies of a request. */
export function cookiesFor(jar: CookieJar | undefined, target: Target, attempt: Attempt): Promise<string> {
  return jar === undefined ? Promise.resolve("") : attempt.theirs(() => jar.getCookieString(httpURL(target)));
}

/** Lets the jar keep the cookies of an answer. */
export async function keepCookies(
  jar: CookieJar | undefined,
  target: Target,
  cookies: readonly string[] | undefined,
  attempt: Attempt,
): Promise<void> {
  if (jar === undefined) return;
  for (const cookie of cookies ?? []) {
    await attempt.theirs(() => jar.setCookie(cookie, httpURL(target), { ignoreError: true }));
  }
}

/** Jars know HTTP: to them `ws:` is `http:`, as in RFC 6455 section 4.1. */
function httpURL({ secure, authority, path }: Target): string {
  return `${secure ? "https" : "http"}://${authority}${path}`;
}
