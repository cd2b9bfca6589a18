import type { AnySchemaIssue } from "../../gob/any-schema.js";
import { NetError } from "../../net/errors.js";

/** Reports a request that got no answer: the name does not resolve, the connection broke. `cause` says why. */
export class RequestError extends NetError {
  override name = "RequestError";
  /** The method of the request. */
  readonly method: string;
  /** Where it went. */
  readonly url: string;

  /** @internal */
  constructor(method: string, url: string, cause: unknown) {
    const deepest = deepestOf(cause);
    const why = deepest instanceof Error ? deepest.message : String(deepest);
    super(`${method} ${url}: ${why}`, { code: codeOf(deepest) ?? "ERR_REST_REQUEST", cause });
    this.method = method;
    this.url = url;
  }
}

/** Reports an answer that is no good: malformed, of another shape than its schema says, or leading elsewhere. */
export class ResponseError extends NetError {
  override name = "ResponseError";
  /** The status of the answer. */
  readonly status: number;
  /** What a schema finds wrong with it. */
  readonly issues: readonly AnySchemaIssue[];

  /** @internal */
  constructor(message: string, status: number, options: { cause?: unknown; issues?: readonly AnySchemaIssue[] } = {}) {
    super(message, { code: "ERR_REST_RESPONSE", cause: options.cause });
    this.status = status;
    this.issues = options.issues ?? [];
  }
}

/** `fetch failed` says nothing: what it was caused by does. */
function deepestOf(err: unknown): unknown {
  let deepest = err;
  for (let depth = 0; depth < 8; depth++) {
    const cause = (deepest as { cause?: unknown } | null | undefined)?.cause;
    if (cause === undefined || cause === null) break;
    deepest = cause;
  }
  return deepest;
}

function codeOf(err: unknown): string | undefined {
  const code = (err as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
