import type { ReplyOptions } from "./types.js";

/** A state with a status and fields of its own: what `rest.reply` and `rest.created` make for handlers to return. */
export class Reply {
  /** The state; `undefined` for none. */
  readonly value: unknown;
  /** The status and the fields. */
  readonly options: ReplyOptions;

  /** Makes a reply. */
  constructor(value: unknown, options: ReplyOptions = {}) {
    this.value = value;
    this.options = options;
  }
}

/**
 * Gives a state with a status, with fields of the header, with its version.
 *
 * @example
 * ```ts
 * import { handler, reply, resource } from "toolkit/rest";
 *
 * const jobs = resource("/jobs", { POST: () => reply({ state: "queued" }, { status: 202 }) });
 * const response = await handler(jobs)(new Request("http://localhost/jobs", { method: "POST" }));
 * console.log(response.status, await response.text()); // 202 {"state":"queued"}
 * ```
 */
export function reply(value: unknown, options: ReplyOptions = {}): Reply {
  return new Reply(value, options);
}

/**
 * Says that a resource was made: 201 with Location, and its state if it is given (RFC 9110 section 15.3.2).
 *
 * @example
 * ```ts
 * import { created, handler, resource } from "toolkit/rest";
 *
 * const videos = resource("/videos", { POST: () => created("/videos/1", { id: 1 }) });
 * const response = await handler(videos)(new Request("http://localhost/videos", { method: "POST" }));
 * console.log(response.status, response.headers.get("Location")); // 201 /videos/1
 * ```
 */
export function created(location: string | URL, value?: unknown, options: ReplyOptions = {}): Reply {
  const headers = new Headers(options.headers);
  headers.set("Location", escapeLocation(String(location)));
  return new Reply(value, { status: 201, ...options, headers });
}

/** Escapes what no field has, line ends and all. */
function escapeLocation(location: string): string {
  return location.replace(/\p{Surrogate}/gu, "\ufffd").replace(/[^\x21-\x7e]/gu, encodeURIComponent);
}
