import type { AnySchema } from "../gob/any-schema.js";
import { openapiPage } from "./openapi-page.js";
import { Components } from "./openapi-schemas.js";
import type {
  OpenAPIContent,
  OpenAPIDocument,
  OpenAPIInfo,
  OpenAPIOperation,
  OpenAPIParameter,
  OpenAPIResponse,
  OpenAPISchema,
} from "./openapi-types.js";
import { json } from "./represent/json.js";
import { jsonPatchType, mergePatchType, methods, patchTypes } from "./served.js";
import { statusText } from "./status.js";
import type { Handler, Handlers, Representation, Resource, Verb } from "./types.js";

/** Options of {@link openapi}: what the API is called, and what its handler is told. */
export interface OpenAPIOptions extends OpenAPIInfo {
  /** The representations of resources that do not name their own, as the handler has it. @default [rest.json] */
  readonly represent?: readonly Representation[] | undefined;
}

type Method = (typeof methods)[number];

const problem: OpenAPISchema = {
  type: "object",
  description: "Problem details (RFC 9457)",
  properties: {
    type: { type: "string", format: "uri-reference", description: "Names the kind of problem" },
    title: { type: "string", description: "What kind of problem it is" },
    status: { type: "integer", minimum: 400, maximum: 599 },
    detail: { type: "string", description: "What went wrong this time" },
    instance: { type: "string", format: "uri-reference", description: "Names this occurrence" },
  },
};

/**
 * Describes resources as OpenAPI 3.1: patterns as paths, schemas as JSON Schema where their vendor can tell it (zod and
 * `toolkit/gob` can), representations as media types.
 *
 * @example
 * ```ts
 * import { string, struct } from "toolkit/gob";
 * import { openapi, resource } from "toolkit/rest";
 *
 * const Video = struct("Video", { Title: string });
 * const video = resource("/videos/{id}", {
 *   GET: { summary: "Gives a video", reply: Video, problems: [404], handle: () => ({ Title: "Hello" }) },
 * });
 * const document = openapi([video], { title: "Videos", version: "1.0.0" });
 * console.log(Object.keys(document.paths), Object.keys(document.components.schemas)); // [ '/videos/{id}' ] [ 'Video', 'Problem' ]
 * ```
 * @see {@link https://spec.openapis.org/oas/v3.1.1.html | OpenAPI 3.1}
 */
export function openapi(resources: readonly Resource[], options: OpenAPIOptions): OpenAPIDocument {
  const { title, version, description, servers, tags, represent = [json] } = options;
  const components = new Components();
  const describer = new Describer(components, represent);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { pattern, handlers } of resources) {
    const { path, host } = pathOf(pattern);
    // Of two patterns that OpenAPI cannot tell apart, as `/{id}` and `/{path...}`, the first has its say.
    const key = Object.keys(paths).find((other) => shapeOf(other) === shapeOf(path)) ?? path;
    const operations = describer.operations(key, handlers);
    paths[key] = { ...operations, ...(host === "" ? {} : { servers: [{ url: `//${host}` }] }), ...paths[key] };
  }
  return {
    openapi: "3.1.0",
    info: { title, version, ...given({ description }) },
    ...given({ servers, tags }),
    paths,
    components: { schemas: components.schemas },
  };
}

/**
 * Serves the description of resources: as JSON for tools, and as a page for humans, whichever Accept asks for.
 *
 * @example
 * ```ts
 * import { handler, openapiResource, resource } from "toolkit/rest";
 *
 * const api = [resource("/hello", { GET: { summary: "Says hello", handle: () => "hello" } })];
 * const fetch = handler(...api, openapiResource("/openapi", api, { title: "Hello", version: "1" }));
 * const ask = async (Accept: string) => fetch(new Request("http://localhost/openapi", { headers: { Accept } }));
 * console.log((await ask("application/json")).headers.get("Content-Type")); // application/json
 * console.log((await ask("text/html")).headers.get("Content-Type")); // text/html; charset=utf-8
 * ```
 */
export function openapiResource(pattern: string, resources: readonly Resource[], options: OpenAPIOptions): Resource {
  let document: OpenAPIDocument | undefined;
  const handle = () => (document ??= openapi(resources, options));
  return {
    pattern,
    handlers: { GET: { handle, summary: "Describes this API" }, represent: [json, openapiJson, openapiHtml] },
  };
}

const openapiJson: Representation = {
  mediaType: "application/vnd.oai.openapi+json",
  contentType: "application/vnd.oai.openapi+json;version=3.1",
  encode: (value) => JSON.stringify(value),
};

const openapiHtml: Representation = {
  mediaType: "text/html",
  contentType: "text/html; charset=utf-8",
  encode: (value) => openapiPage(value as OpenAPIDocument),
};

/** Leaves out what is undefined. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

/** A pattern of ServeMux, in OpenAPI's terms: `{rest...}` takes slashes too, which OpenAPI cannot say. */
function pathOf(pattern: string): { path: string; host: string } {
  const slash = pattern.indexOf("/");
  const path = pattern
    .slice(slash)
    .replace(/\{\$\}$/, "")
    .replaceAll("...}", "}");
  return { path, host: pattern.slice(0, slash) };
}

function shapeOf(path: string): string {
  return path.replace(/\{[^}]*\}/g, "{}");
}

/** Describes the verbs of resources. */
class Describer {
  readonly #components: Components;
  readonly #represent: readonly Representation[];
  readonly #ids = new Set<string>();

  constructor(components: Components, represent: readonly Representation[]) {
    this.#components = components;
    this.#represent = represent;
  }

  operations(path: string, handlers: Handlers): Record<string, OpenAPIOperation> {
    const operations: Record<string, OpenAPIOperation> = {};
    for (const method of methods) {
      const handler = handlers[method];
      if (handler === undefined) continue;
      const key = method === "QUERY" ? "x-query" : method.toLowerCase();
      operations[key] = this.#operation(method, path, verbOf(handler), handlers);
    }
    return operations;
  }

  #operation(method: Method, path: string, verb: Verb, handlers: Handlers): OpenAPIOperation {
    const { summary, description, tags, deprecated, body } = verb;
    const represent = handlers.represent ?? this.#represent;
    const isGuarded = handlers.requirePrecondition === true && ["PUT", "PATCH", "DELETE"].includes(method);
    const parameters = [...pathParameters(path), ...this.#queryParameters(verb), ...(isGuarded ? [ifMatch] : [])];
    const content = this.#requestContent(method, verb, represent);
    return {
      operationId: this.#id(verb.operationId ?? idOf(method, path)),
      ...given({ summary, description, tags }),
      ...(deprecated === true ? { deprecated } : {}),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(content === null ? {} : { requestBody: { required: body !== undefined, content } }),
      responses: this.#responses(method, verb, represent, isGuarded),
    };
  }

  /** Ids are unique in a document. */
  #id(wanted: string): string {
    let id = wanted;
    for (let n = 2; this.#ids.has(id); n++) id = `${wanted}${n}`;
    this.#ids.add(id);
    return id;
  }

  #queryParameters({ query }: Verb): OpenAPIParameter[] {
    if (query === undefined) return [];
    const { properties, required } = this.#components.inline(query, "input");
    const needed: readonly unknown[] = Array.isArray(required) ? required : [];
    return Object.entries((properties ?? {}) as Record<string, OpenAPISchema>).map(([name, schema]) => ({
      name,
      in: "query",
      required: needed.includes(name),
      ...(typeof schema["description"] === "string" ? { description: schema["description"] } : {}),
      schema,
    }));
  }

  #requestContent(method: Method, verb: Verb, represent: readonly Representation[]): OpenAPIContent | null {
    if (method === "PATCH") return this.#patchContent(verb);
    const takesBody = method === "POST" || method === "PUT" || method === "QUERY";
    if (!takesBody && verb.body === undefined) return null;
    const types =
      verb.accepts ?? represent.filter(({ decode }) => decode !== undefined).map(({ mediaType }) => mediaType);
    return types.length === 0 ? null : this.#content(types, verb.body, "input");
  }

  #patchContent({ body, accepts }: Verb): OpenAPIContent {
    const types = accepts ?? patchTypes;
    const operations: OpenAPISchema = { type: "array", items: { type: "object", required: ["op", "path"] } };
    const schemaOf = (type: string): OpenAPISchema => {
      if (type === jsonPatchType) return operations;
      if (type === mergePatchType) return { type: "object" };
      return body === undefined ? {} : this.#components.of(body, "input");
    };
    return Object.fromEntries(types.map((type) => [type, { schema: schemaOf(type) }]));
  }

  #content(types: readonly string[], schema: AnySchema | undefined, side: "input" | "output"): OpenAPIContent {
    const media = schema === undefined ? {} : { schema: this.#components.of(schema, side) };
    return Object.fromEntries(types.map((type) => [type, media]));
  }

  #responses(method: Method, verb: Verb, represent: readonly Representation[], isGuarded: boolean) {
    const responses: Record<string, OpenAPIResponse> = {
      [statusOf(method, verb)]: this.#success(method, verb, represent),
    };
    const problems = new Set(verb.problems);
    if (verb.body !== undefined) for (const status of [400, 413, 415, 422]) problems.add(status);
    if (verb.query !== undefined) problems.add(422);
    if (isGuarded) for (const status of [412, 428]) problems.add(status);
    const content = this.#problemContent(represent);
    for (const status of [...problems].toSorted((a, b) => a - b)) {
      responses[String(status)] = { description: statusText(status), content };
    }
    responses["default"] = { description: "Any other problem", content };
    return responses;
  }

  #success(method: Method, verb: Verb, represent: readonly Representation[]): OpenAPIResponse {
    const status = statusOf(method, verb);
    const types = represent.map(({ mediaType }) => mediaType);
    const isEmpty = status === "204" || method === "HEAD" || (status === "2XX" && verb.reply === undefined);
    return {
      description: successes[status] ?? "Success",
      ...(status === "201" ? { headers: { Location: { description: "Where it is", schema: uriReference } } } : {}),
      ...(isEmpty ? {} : { content: this.#content(types, verb.reply, "output") }),
    };
  }

  #problemContent(represent: readonly Representation[]): OpenAPIContent {
    const types = represent.map((each) => each.problem?.mediaType).filter((type) => type !== undefined);
    const schema = this.#components.add("Problem", problem);
    return Object.fromEntries(
      (types.length === 0 ? ["application/problem+json"] : types).map((type) => [type, { schema }]),
    );
  }
}

const uriReference: OpenAPISchema = { type: "string", format: "uri-reference" };
const successes: Readonly<Record<string, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
};

const ifMatch: OpenAPIParameter = {
  name: "If-Match",
  in: "header",
  required: true,
  description: "The entity tag that the resource still has to have",
  schema: { type: "string" },
};

function verbOf(handler: Handler | Verb): Verb {
  return typeof handler === "function" ? { handle: handler } : handler;
}

/** What a handler gives that does not say is known for reads alone. */
function statusOf(method: Method, { status, reply }: Verb): string {
  if (status !== undefined) return String(status);
  const isRead = method === "GET" || method === "HEAD" || method === "QUERY";
  return isRead || reply !== undefined ? "200" : "2XX";
}

function pathParameters(path: string): OpenAPIParameter[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

/** `getVideosId` for GET /videos/{id}. */
function idOf(method: Method, path: string): string {
  const words = path.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
