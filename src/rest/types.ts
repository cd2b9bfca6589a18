import type { AnySchema } from "../gob/any-schema.js";
import type { Problem } from "./problem.js";
import type { PatternParams } from "./wildcards.js";

/** Answers a request: what `rest.handler` makes, and what Deno, Bun, workers and browsers call. */
export type Fetch = (request: Request) => Promise<Response>;

/** Stands around a {@link Fetch}: it may answer by itself, call `next`, and change what goes in and comes out. */
export type Middleware = (request: Request, next: Fetch) => Response | Promise<Response>;

/** What a handler knows of its request beside the request itself. */
export interface Context<P extends string = string> {
  /** The request's URL. */
  readonly url: URL;
  /** The parameters of the URL's query. */
  readonly query: URLSearchParams;
  /** Aborted when the client goes away before it has its answer. */
  readonly signal: AbortSignal;
  /** What the pattern's wildcards stand for, decoded. */
  readonly params: PatternParams<P>;
  /** Gives what the wildcard `name` stands for; `""` where there is none. Go: Request.PathValue. */
  pathValue(name: string): string;
  /**
   * Reads the body, decoded as its Content-Type says, and validated by the verb's `body` schema if it has one. The body
   * is read once; later calls give the same value.
   * @throws {Problem} 400 (malformed), 413 (too large), 415 (of a type that is not accepted), 422 (not valid)
   */
  body<T = unknown>(): Promise<T>;
  /** Does what {@link Context.body} does, with the schema given here. */
  input<T>(schema: AnySchema<T>): Promise<T>;
  /**
   * Reads the body as a patch, and applies it to a copy of `current`: JSON Merge Patch (RFC 7396) or JSON Patch
   * (RFC 6902), as Content-Type says. The result is validated by the verb's `body` schema if it has one.
   * @throws {Problem} 409 (a `test` of the patch fails), 422 (what it changes is not there, or the result is not valid),
   * and those of {@link Context.body}
   */
  patch<T>(current: T): Promise<T>;
  /**
   * Gives the query as an object of strings, and of arrays of strings for names that come twice; or what the verb's `query`
   * schema makes of it.
   */
  parsedQuery<T = Readonly<Record<string, string | readonly string[]>>>(): T;
}

/**
 * Answers one verb of a resource.
 *
 * It returns, or resolves to, one of these:
 * - a `Response`: goes out as it is; conditional requests and HEAD are still taken care of
 * - `undefined`: 204, but for GET, HEAD and QUERY a 404; there `null` is one too
 * - a {@link Reply}, from `rest.reply` or `rest.created`: a state with a status and fields of its own
 * - a `Uint8Array`, `Blob` or `ReadableStream`: content that goes out as it is
 * - anything else: the state of the resource, sent in the representation that Accept asks for
 *
 * A {@link Problem} that it throws is the answer; anything else that it throws is a bare 500.
 */
export type Handler<P extends string = string> = (request: Request, context: Context<P>) => unknown;

/** A handler and what is to be known of it: it is described by OpenAPI, and its input is validated. */
export interface Verb<P extends string = string> {
  /** Answers the request. */
  readonly handle: Handler<P>;
  /** One line. */
  readonly summary?: string | undefined;
  /** More than a line, in CommonMark. */
  readonly description?: string | undefined;
  /** A name that is unique in the API, for generated clients. */
  readonly operationId?: string | undefined;
  /** What it is listed under. */
  readonly tags?: readonly string[] | undefined;
  /** Whether it should not be used any more. @default false */
  readonly deprecated?: boolean | undefined;
  /**
   * What the query must be, as an object of strings, and of arrays of strings for names that come twice. 422 else. One of
   * `toolkit/gob` reads numbers, booleans, times and lists out of the strings.
   */
  readonly query?: AnySchema | undefined;
  /** What the body must be; 422 else. One of `toolkit/gob` takes what Go's encoding/json would. */
  readonly body?: AnySchema | undefined;
  /** What the answer is; it is described, not checked. By one of `toolkit/gob` it is written, as Go's encoding/json would. */
  readonly reply?: AnySchema | undefined;
  /** The status of success. @default 200 with a value, 204 without */
  readonly status?: number | undefined;
  /** Statuses of the problems that may be the answer, for the description. */
  readonly problems?: readonly number[] | undefined;
  /**
   * Media types that the body may have; all else is a 415 before the handler runs.
   * @default what the representations decode, for PATCH the two formats of patches; the check is made when the body is read
   */
  readonly accepts?: readonly string[] | undefined;
}

/** A time: a date, or milliseconds since the epoch. */
export type Instant = Date | number;

/** Tells the version of a resource, so that conditional requests are decided before its handler runs. */
export type VersionOf<T, P extends string = string> = (
  request: Request,
  context: Context<P>,
) => T | null | undefined | Promise<T | null | undefined>;

/** The verbs of a resource, and what holds for all of them. */
export interface Handlers<P extends string = string> {
  /** Gives the state of the resource. Go: it answers HEAD too. */
  readonly GET?: Handler<P> | Verb<P> | undefined;
  /** Answers HEAD in a cheaper way than GET does. */
  readonly HEAD?: Handler<P> | Verb<P> | undefined;
  /** Makes a subordinate resource, or does what no other verb does. */
  readonly POST?: Handler<P> | Verb<P> | undefined;
  /** Replaces the state of the resource, or makes it. */
  readonly PUT?: Handler<P> | Verb<P> | undefined;
  /** Changes parts of the state; see {@link Context.patch}. */
  readonly PATCH?: Handler<P> | Verb<P> | undefined;
  /** Removes the resource. */
  readonly DELETE?: Handler<P> | Verb<P> | undefined;
  /** Answers a question that is too large for a URL; safe, as GET is. */
  readonly QUERY?: Handler<P> | Verb<P> | undefined;
  /** @default 204 with Allow */
  readonly OPTIONS?: Handler<P> | Verb<P> | undefined;
  /** The representations that there are, the preferred one first. @default those of the handler */
  readonly represent?: readonly Representation[] | undefined;
  /** What stands around this resource alone; the first is the outermost. */
  readonly use?: readonly Middleware[] | undefined;
  /**
   * The entity tag of the current state: a function that gives it, `true` for one that is hashed from each
   * representation, `false` for none. What {@link ReplyOptions.etag} says goes first. @default that of the handler
   */
  readonly etag?: boolean | VersionOf<string, P> | undefined;
  /** When the state was last changed. */
  readonly lastModified?: VersionOf<Instant, P> | undefined;
  /** Whether PUT, PATCH and DELETE must be conditional: 428 else (RFC 6585). @default false */
  readonly requirePrecondition?: boolean | undefined;
  /** How many bytes a body may have. @default that of the handler */
  readonly maxBodyBytes?: number | undefined;
  /** How deep a body may nest. @default that of the handler */
  readonly maxDepth?: number | undefined;
}

/** A resource: what `rest.resource` makes. */
export interface Resource {
  /** Which URLs it has, in the syntax of Go's ServeMux: `/videos/{id}`. */
  readonly pattern: string;
  /** Its verbs. */
  readonly handlers: Handlers;
}

/** What a body is, as it goes out. */
export type BodyContent = string | Uint8Array | ReadableStream<Uint8Array>;

/** What a representation may know when it encodes. */
export interface EncodeContext {
  /** Where the value is found. */
  readonly url?: URL | undefined;
  /** What the value is, where that is known: one of `toolkit/gob` is written as Go's JSON has it. */
  readonly schema?: AnySchema | undefined;
}

/** What a representation must know when it decodes. */
export interface DecodeContext {
  /** The charset that the Content-Type names, in lower case. */
  readonly charset?: string | undefined;
  /** How deep the value may nest. */
  readonly maxDepth: number;
  /** Whether integers that no number holds are wanted as bigints. @default false */
  readonly isExact?: boolean | undefined;
}

/** A way to write a state down, and to read it: `rest.json` and its like. */
export interface Representation {
  /** Its media type, as `"application/json"`. */
  readonly mediaType: string;
  /** The value of Content-Type, if it has parameters. @default mediaType */
  readonly contentType?: string | undefined;
  /** Other media types that it decodes; `"application/*+json"` is all with that suffix. */
  readonly alsoAccepts?: readonly string[] | undefined;
  /** Whether what it decodes may be text throughout, as forms are: a schema of `toolkit/gob` then reads numbers out of it. @default false */
  readonly isText?: boolean | undefined;
  /** How problems are written for those who ask for this type. @default as JSON */
  readonly problem?: ProblemFormat | undefined;
  /** Writes a value down. */
  encode(value: unknown, context: EncodeContext): BodyContent | Promise<BodyContent>;
  /**
   * Reads a value. Without it, bodies of this type are not accepted.
   * @throws {SyntaxError} the body is malformed: 400
   */
  decode?(body: Uint8Array, context: DecodeContext): unknown;
}

/** How a problem document is written. */
export interface ProblemFormat {
  /** Its media type, as `"application/problem+json"`. */
  readonly mediaType: string;
  /** The value of Content-Type, if it has parameters. @default mediaType */
  readonly contentType?: string | undefined;
  /** Writes the document down: `type`, `title`, `status` and what more there is. */
  encode(document: Record<string, unknown>): string;
}

/** What stands above or in the place of what the representation says. */
export interface ReplyOptions {
  /** @default 200 with a value, 204 without */
  readonly status?: number | undefined;
  /** More fields of the header. */
  readonly headers?: HeadersInit | undefined;
  /** The entity tag, with or without its quotes; `W/"…"` for a weak one. */
  readonly etag?: string | undefined;
  /** When the state was last changed. */
  readonly lastModified?: Instant | undefined;
}

/** Hears what was thrown; the problem that it gives, if it gives one, is the answer in the place of a bare 500. */
export type ErrorListener = (error: unknown, request: Request) => Problem | void | Promise<Problem | void>;

/** Options of `rest.handler`. */
export interface HandlerOptions {
  /** What it serves. */
  readonly resources: readonly Resource[];
  /** What stands around all resources, and around 404 and its like; the first is the outermost. */
  readonly use?: readonly Middleware[] | undefined;
  /** The representations of resources that do not name their own. @default [rest.json] */
  readonly represent?: readonly Representation[] | undefined;
  /** Hears what a handler, a middleware, or a stream of theirs throws that is no {@link Problem}; nothing else reports it. */
  readonly onError?: ErrorListener | undefined;
  /** Whether answers to GET and HEAD have an entity tag that is hashed from them. @default true */
  readonly etag?: boolean | undefined;
  /** How many bytes a body may have. @default 1,048,576 */
  readonly maxBodyBytes?: number | undefined;
  /** How deep a body may nest. @default 64 */
  readonly maxDepth?: number | undefined;
}
