/** A schema of OpenAPI 3.1: a JSON Schema of draft 2020-12. */
export type OpenAPISchema = Readonly<Record<string, unknown>>;

/** What an API is called, and where it is: what its resources do not know. */
export interface OpenAPIInfo {
  /** Its name. */
  readonly title: string;
  /** The version of the API. */
  readonly version: string;
  /** What it is, in CommonMark. */
  readonly description?: string | undefined;
  /** Where it is served. @default where the document is */
  readonly servers?: readonly OpenAPIServer[] | undefined;
  /** What the tags of verbs mean, in the order in which to list them. */
  readonly tags?: readonly OpenAPITag[] | undefined;
}

/** Where an API is served. */
export interface OpenAPIServer {
  /** Its URL, which may be relative. */
  readonly url: string;
  /** What it is for. */
  readonly description?: string | undefined;
}

/** A heading that verbs are listed under. */
export interface OpenAPITag {
  /** What verbs call it. */
  readonly name: string;
  /** What is under it. */
  readonly description?: string | undefined;
}

/** An API, described. */
export interface OpenAPIDocument {
  /** The version of OpenAPI. */
  readonly openapi: "3.1.0";
  /** What it is called. */
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  /** Where it is served. */
  readonly servers?: readonly OpenAPIServer[];
  /** Headings. */
  readonly tags?: readonly OpenAPITag[];
  /** What there is, by path. */
  readonly paths: Readonly<Record<string, OpenAPIPath>>;
  /** What is referred to. */
  readonly components: { readonly schemas: Readonly<Record<string, OpenAPISchema>> };
}

/** The verbs of a path, in lower case; QUERY, which OpenAPI 3.1 has no place for, is `x-query`. */
export type OpenAPIPath = Readonly<Record<string, unknown>>;

/** One verb of a path. */
export interface OpenAPIOperation {
  /** Its name, unique in the document. */
  readonly operationId: string;
  /** One line. */
  readonly summary?: string;
  /** More than a line, in CommonMark. */
  readonly description?: string;
  /** What it is listed under. */
  readonly tags?: readonly string[];
  /** Whether it should not be used any more. */
  readonly deprecated?: true;
  /** What it takes beside a body. */
  readonly parameters?: readonly OpenAPIParameter[];
  /** The body that it takes. */
  readonly requestBody?: { readonly required: boolean; readonly content: OpenAPIContent };
  /** What it may answer, by status. */
  readonly responses: Readonly<Record<string, OpenAPIResponse>>;
}

/** A parameter of a verb. */
export interface OpenAPIParameter {
  /** Its name. */
  readonly name: string;
  /** Where it stands. */
  readonly in: "path" | "query" | "header";
  /** Whether it must be there. */
  readonly required: boolean;
  /** What it is for. */
  readonly description?: string;
  /** What it must be. */
  readonly schema: OpenAPISchema;
}

/** What a body is, by media type. */
export type OpenAPIContent = Readonly<Record<string, { readonly schema?: OpenAPISchema }>>;

/** What may be answered. */
export interface OpenAPIResponse {
  /** What it means. */
  readonly description: string;
  /** Fields of its header. */
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: OpenAPISchema }>>;
  /** Its body. */
  readonly content?: OpenAPIContent;
}
