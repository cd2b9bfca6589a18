/**
 * REST over HTTP: resources with verbs, representations that are negotiated, conditional requests, problems. Fetch in,
 * Fetch out: it runs on Node, Bun, Deno, in workers and in browsers.
 *
 * @example
 * ```ts
 * import * as rest from "toolkit/rest";
 *
 * const videos = new Map([["1", { id: "1", title: "Metropolis" }]]);
 * const video = rest.resource("/videos/{id}", {
 *   GET: (_, { params }) => videos.get(params.id), // undefined is a 404
 *   DELETE: (_, { params }) => void videos.delete(params.id),
 * });
 * const handler = rest.handler({ resources: [video], represent: [rest.json, rest.xml, rest.html] });
 *
 * await using server = await rest.serve("127.0.0.1:0", handler);
 * const response = await fetch(`${server.url}/videos/1`, { headers: { Accept: "application/xml" } });
 * console.log(await response.text().then((text) => text.split("\n")[1])); // <document><id>1</id><title>Metropolis</title></document>
 * ```
 *
 * A {@link resource} has a pattern of Go's ServeMux and a function for each verb; what that returns is the state, and
 * {@link handler} does the rest: it finds the resource (404, 307 to the clean path), the verb (405, 501, OPTIONS, HEAD), reads and
 * checks the body (400, 413, 415, 422), chooses the representation (406), decides conditions (304, 412, 428) and ranges (206,
 * 416). {@link serve} and {@link toNode} bring it to node:http, Express, Fastify and Koa; Deno, Bun and workers call it as it is.
 *
 * ## Concurrency
 * A handler holds nothing between requests. What a function does between the check of a condition and its write is its own:
 * two requests with the same If-Match may both pass, unless the store compares again.
 *
 * ## Limits
 * A body has 1 MiB at most (`maxBodyBytes`), as it comes and inflated, and nests 64 deep (`maxDepth`). XML has no DOCTYPE
 * and no entities of its own, MessagePack no extensions but timestamps, no body the name `__proto__`. A JSON Patch copies and
 * compares 200,000 values. 50 ranges are served at once. Streams are written no faster than they are read.
 *
 * ## Errors
 * A {@link Problem} that is thrown is the answer, in the format that Accept asks for (RFC 9457). Whatever else is thrown is a
 * bare 500, of which only `onError` hears. A handler never rejects. What is wrong with a resource is a `TypeError` or a
 * `SyntaxError` when it is made: patterns that conflict are told in Go's words.
 *
 * ## Entity tags
 * Representations are hashed: GET has an ETag, and If-Match guards PUT, PATCH and DELETE with nothing to be done, by asking
 * GET for the current state. Where `etag` or `lastModified` tell the version, conditions are decided before a handler runs. With
 * several representations, the type goes into a tag that was given: `"v1"` is `"v1.json"`; no two share a strong one. That GET is a request
 * of its own: what middleware knows of a request goes along in a {@link RequestValue}.
 *
 * ## Schemas
 * `body` and `query` take any Standard Schema. One of `toolkit/gob` speaks Go's JSON: `[]byte` is base64, a time RFC 3339, a
 * 64-bit integer a `bigint` with all its digits.
 *
 * ## Differences from Go's ServeMux
 * - A pattern has no method; the most specific resource answers, with a 405 if it lacks the verb.
 * - `%2e` is a dot, as for all who read URLs as browsers do. A path with a malformed escape is a 400.
 * - Redirects keep escapes as they are, where Go escapes them again, or decodes `%2F`. Hosts have no case.
 * - A pattern that no clean path has is an error, and one with a segment such as `:id`, which is what others write for `{id}`.
 *
 * @module toolkit/rest
 */

export type {
  AnySchema,
  AnySchemaFailure,
  AnySchemaIssue,
  AnySchemaProps,
  AnySchemaResult,
  AnySchemaSuccess,
} from "../gob/any-schema.js";
export { client, RestClient } from "./client/client.js";
export { RequestError, ResponseError } from "./client/errors.js";
export type {
  BodyOptions,
  ClientCacheOptions,
  ClientOptions,
  ClientReply,
  PathParams,
  PathValue,
  QueryInit,
  RequestOptions,
  RetryOptions,
  ValueOptions,
} from "./client/options.js";
export type { PagesOptions } from "./client/pages.js";
export { type EventSourceLike, type EventsContext, type EventsOptions, events, type Subscribable } from "./events.js";
export { Feed, type FeedEvent, type FeedOptions, type Newer } from "./events-feed.js";
export { formatEvent, type ServerEvent } from "./events-format.js";
export type { ReceivedEvent } from "./events-parser.js";
export {
  type EventSourceOptions,
  EventStreamError,
  eventSource,
  type ReadEventsOptions,
  readEvents,
} from "./events-source.js";
export {
  type CallName,
  type FromServiceOptions,
  fromService,
  type InputOf,
  type OutputOf,
  type ServesMethod,
  type ServiceCall,
  type ServiceContract,
  type ServiceImplementation,
  type ServiceMethodContract,
  type ServiceReply,
  type ServiceResult,
} from "./from-service.js";
export { handler } from "./handler.js";
export { type IdempotencyOptions, idempotency } from "./idempotency.js";
export {
  type DoneRequest,
  type IdempotencyState,
  type IdempotencyStore,
  type MemoryIdempotencyLimits,
  MemoryIdempotencyStore,
  type NewRequest,
  type RunningRequest,
  type StoredReply,
} from "./idempotency-store.js";
export { type CacheDirectives, cacheControl } from "./middleware/cache-control.js";
export { compose } from "./middleware/compose.js";
export { type CorsOptions, cors, type OriginTest } from "./middleware/cors.js";
export { clientAddress, type Forwarding, forwardingOf } from "./middleware/facts.js";
export { type ForwardedOptions, forwarded } from "./middleware/forwarded.js";
export { type RateLimitOptions, rateLimit } from "./middleware/rate-limit.js";
export {
  MemoryRateLimitStore,
  type RateLimitQuota,
  type RateLimitState,
  type RateLimitStore,
} from "./middleware/rate-limit-store.js";
export { type RequestIdOptions, requestId, requestIdOf } from "./middleware/request-id.js";
export { type RestServer, type ShutdownOptions, serve } from "./node/serve.js";
export { type NodeListener, toNode } from "./node/to-node.js";
export { type OpenAPIOptions, openapi, openapiResource } from "./openapi.js";
export { openapiPage } from "./openapi-page.js";
export type {
  OpenAPIContent,
  OpenAPIDocument,
  OpenAPIInfo,
  OpenAPIOperation,
  OpenAPIParameter,
  OpenAPIPath,
  OpenAPIResponse,
  OpenAPISchema,
  OpenAPIServer,
  OpenAPITag,
} from "./openapi-types.js";
export { type PageCursors, type PageOptions, type PageQuery, page, pageLinks, readPage } from "./pagination.js";
export { formatLinks, type Link, parseLinks } from "./pagination-link.js";
export {
  type LongPollOptions,
  longPoll,
  longPollFeed,
  type PollFeedOptions,
  type PollOptions,
  poll,
  pollFeed,
  type Versioned,
  type Watched,
} from "./polling.js";
export { Problem, type ProblemOptions } from "./problem.js";
export { created, Reply, reply } from "./reply.js";
export { form } from "./represent/form.js";
export { html, view } from "./represent/html.js";
export { json } from "./represent/json.js";
export { Markup, markup } from "./represent/markup.js";
export { msgpack } from "./represent/msgpack.js";
export { text } from "./represent/text.js";
export { xml } from "./represent/xml.js";
export { peerSymbol, RequestValue } from "./request-value.js";
export { resource } from "./resource.js";
export type {
  BodyContent,
  Context,
  DecodeContext,
  EncodeContext,
  ErrorListener,
  Fetch,
  Handler,
  HandlerOptions,
  Handlers,
  Instant,
  Middleware,
  ProblemFormat,
  ReplyOptions,
  Representation,
  Resource,
  Verb,
  VersionOf,
} from "./types.js";
export type { PatternParams, WildcardName, WildcardOf } from "./wildcards.js";
