import { RequestValue } from "../request-value.js";
import type { Middleware } from "../types.js";
import { withHeaders } from "./facts.js";

/** Options of {@link requestId}. */
export interface RequestIdOptions {
  /** The field that carries it, in both directions. @default "X-Request-Id" */
  readonly header?: string | undefined;
  /** Whether an id that the client or a proxy sends is kept, if it is a plain one. @default true */
  readonly accept?: boolean | undefined;
  /** Makes an id. @default crypto.randomUUID */
  readonly generate?: (() => string) | undefined;
}

const ids = new RequestValue<string>();

/** What is kept of others' ids: nothing that could break a line of a log, or its layout. */
const plain = /^[\w.:@/+=-]{1,128}$/;

/**
 * Gives each request an id, which its answer carries too; {@link requestIdOf} tells it.
 *
 * @example
 * ```ts
 * import { handler, requestId, requestIdOf, resource } from "toolkit/rest";
 *
 * const hello = resource("/", { GET: (request) => ({ id: requestIdOf(request) }) });
 * const api = handler({ resources: [hello], use: [requestId()] });
 * const response = await api(new Request("http://localhost/", { headers: { "X-Request-Id": "abc-1" } }));
 * console.log(await response.text(), response.headers.get("X-Request-Id")); // {"id":"abc-1"} abc-1
 * ```
 */
export function requestId(options: RequestIdOptions = {}): Middleware {
  const { header = "X-Request-Id", accept = true, generate = () => crypto.randomUUID() } = options;
  return async (request, next) => {
    const sent = accept ? request.headers.get(header) : null;
    const id = sent !== null && plain.test(sent) ? sent : generate();
    ids.set(request, id);
    return withHeaders(await next(request), (headers) => headers.set(header, id));
  };
}

/** Tells the id of a request that passed {@link requestId}. */
export function requestIdOf(request: Request): string | undefined {
  return ids.get(request);
}
