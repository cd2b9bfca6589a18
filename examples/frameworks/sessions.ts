import { randomBytes } from "node:crypto";

/** What the cookie is called. Those of one host are for all its ports, so the frameworks share their sessions. */
export const cookieName = "session";
/** A script cannot read the cookie, and no other site can send it. */
export const cookieOptions = { httpOnly: true, sameSite: "strict", path: "/" } as const;

const kept = 1000;
const begun = new Set<string>();

/** Begins a session; returns what the cookie says. */
export function begin(): string {
  const id = randomBytes(16).toString("base64url");
  begun.add(id);
  const [oldest] = begun;
  if (begun.size > kept && oldest !== undefined) begun.delete(oldest);
  return id;
}

/** Tells whether a request may go on, by its `Cookie`. */
export function isSignedIn(cookie: string | undefined): boolean {
  const pairs = (cookie ?? "").split(";").map((pair) => pair.trim().split("="));
  return pairs.some(([name, id = ""]) => name === cookieName && begun.has(id));
}

/** Ends the session of a request. */
export function end(cookie: string | undefined): void {
  for (const id of begun) if (cookie?.includes(id) === true) begun.delete(id);
}
