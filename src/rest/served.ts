import type { AnySchema } from "../gob/any-schema.js";
import type { BodyLimits } from "./body.js";
import { type Pattern, parsePattern } from "./pattern.js";
import { isList, Representations } from "./representations.js";
import type { Handler, HandlerOptions, Handlers, Instant, Middleware, Resource, Verb, VersionOf } from "./types.js";

/** The methods that a resource may have. */
export const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY", "OPTIONS"] as const;

/** The media type of JSON Merge Patch. */
export const mergePatchType = "application/merge-patch+json";
/** The media type of JSON Patch. */
export const jsonPatchType = "application/json-patch+json";
/** The formats of {@link Context.patch}. */
export const patchTypes: readonly string[] = [mergePatchType, jsonPatchType];

/** A verb that is ready to be served. */
export interface ServedVerb {
  readonly method: string;
  readonly handle: Handler;
  readonly status: number | undefined;
  readonly query: AnySchema | undefined;
  readonly body: AnySchema | undefined;
  readonly reply: AnySchema | undefined;
  readonly accepts: readonly string[] | undefined;
}

/** What holds for resources that do not say otherwise. */
export type Defaults = Pick<HandlerOptions, "represent" | "etag" | "maxBodyBytes" | "maxDepth">;

const defaultMaxBodyBytes = 1 << 20;
const defaultMaxDepth = 64;

/** A resource that is ready to be served. */
export class Served {
  readonly pattern: Pattern;
  readonly verbs: ReadonlyMap<string, ServedVerb>;
  /** The value of Allow. */
  readonly allow: string;
  readonly represent: Representations;
  readonly use: readonly Middleware[];
  /** Gives the tag of the state, where a function does. */
  readonly etagOf: VersionOf<string> | undefined;
  readonly lastModifiedOf: VersionOf<Instant> | undefined;
  /** Whether representations are hashed. */
  readonly hashes: boolean;
  readonly requirePrecondition: boolean;
  readonly limits: BodyLimits;
  readonly #acceptedPatches: readonly string[];

  constructor({ pattern, handlers }: Resource, represent: Representations, defaults: Defaults) {
    const { etag = defaults.etag ?? true, lastModified, requirePrecondition = false, use = [] } = handlers;
    this.pattern = parsePattern(pattern);
    this.verbs = verbsOf(handlers);
    this.allow = [...new Set([...this.verbs.keys(), "OPTIONS"])].toSorted().join(", ");
    this.represent = handlers.represent === undefined ? represent : new Representations(handlers.represent);
    this.#acceptedPatches = [...new Set([...patchTypes, ...this.represent.decodable])];
    this.use = requireMiddleware(use);
    this.etagOf = typeof etag === "function" ? etag : undefined;
    this.lastModifiedOf = lastModified;
    this.hashes = etag === true;
    this.requirePrecondition = requirePrecondition;
    const { maxBodyBytes = defaults.maxBodyBytes, maxDepth = defaults.maxDepth } = handlers;
    this.limits = { maxBodyBytes: maxBodyBytes ?? defaultMaxBodyBytes, maxDepth: maxDepth ?? defaultMaxDepth };
  }

  /** Whether functions tell the version. */
  get tellsVersion(): boolean {
    return this.etagOf !== undefined || this.lastModifiedOf !== undefined;
  }

  /** The media types of bodies that a verb takes which does not name them. */
  acceptedBy(method: string): readonly string[] {
    return method === "PATCH" ? this.#acceptedPatches : this.represent.decodable;
  }
}

/** @throws {TypeError} this is no list of middleware */
export function requireMiddleware(use: readonly Middleware[]): readonly Middleware[] {
  if (isList(use) && use.every((layer) => typeof layer === "function")) return use;
  throw new TypeError("What is used is a list of middleware: write use: [cors(), …]");
}

/** Readies the verbs; HEAD is there with GET. */
function verbsOf(handlers: Handlers): ReadonlyMap<string, ServedVerb> {
  const verbs = new Map<string, ServedVerb>();
  for (const method of methods) {
    const given = handlers[method] ?? (method === "HEAD" ? handlers.GET : undefined);
    if (given !== undefined) verbs.set(method, ready(method, typeof given === "function" ? { handle: given } : given));
  }
  return verbs;
}

function ready(method: string, { handle, status, query, body, reply, accepts }: Verb): ServedVerb {
  return { method, handle, status, query, body, reply, accepts };
}
