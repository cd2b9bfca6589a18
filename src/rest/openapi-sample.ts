import type { OpenAPIDocument, OpenAPISchema } from "./openapi-types.js";

const prefix = "#/components/schemas/";
/** What lies deeper is left out of a sample. */
const maxDepth = 6;

/** Follows a reference within a document. */
export function resolveSchema(schema: OpenAPISchema, { components }: OpenAPIDocument): OpenAPISchema {
  const ref = schema["$ref"];
  if (typeof ref !== "string" || !ref.startsWith(prefix)) return schema;
  return components.schemas[ref.slice(prefix.length)] ?? {};
}

/** The name of what a schema refers to. */
export function refName(schema: OpenAPISchema): string | undefined {
  const ref = schema["$ref"];
  return typeof ref === "string" && ref.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
}

/** Makes up a value: one that the schema names, or else a plain one of its type. What contains itself does so once. */
export function sampleOf(
  schema: OpenAPISchema,
  document: OpenAPIDocument,
  within: readonly OpenAPISchema[] = [],
): unknown {
  const told = toldSample(schema);
  if (told !== undefined) return told;
  if (within.includes(schema) || within.length > maxDepth) return undefined;
  const sample = (inner: OpenAPISchema) => sampleOf(inner, document, [...within, schema]);
  if (schema["$ref"] !== undefined) return sample(resolveSchema(schema, document));
  const [choice] = choicesOf(schema);
  if (choice !== undefined) return sample(choice);
  const { type, properties, items } = schema;
  const first: unknown = Array.isArray(type) ? type[0] : type;
  if (first === "array") return isSchema(items) ? [sample(items)].filter((item) => item !== undefined) : [];
  if (first !== "object" && !isSchema(properties)) return scalarSample(first, schema);
  const fields = Object.entries((properties ?? {}) as Record<string, OpenAPISchema>);
  return Object.fromEntries(fields.map(([name, each]) => [name, sample(each)]));
}

/** Tells a schema from what may stand in its place, as `true`. */
export function isSchema(value: unknown): value is OpenAPISchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toldSample(schema: OpenAPISchema): unknown {
  const [example] = Array.isArray(schema["examples"]) ? (schema["examples"] as unknown[]) : [];
  const [choice] = Array.isArray(schema["enum"]) ? (schema["enum"] as unknown[]) : [];
  return schema["example"] ?? example ?? schema["const"] ?? schema["default"] ?? choice;
}

/** The alternatives of a schema. */
export function choicesOf(schema: OpenAPISchema): readonly OpenAPISchema[] {
  for (const keyword of ["anyOf", "oneOf", "allOf"]) {
    const choices = schema[keyword];
    if (Array.isArray(choices)) return choices as OpenAPISchema[];
  }
  return [];
}

const formats: Readonly<Record<string, string>> = {
  "date-time": "2026-01-31T12:00:00Z",
  date: "2026-01-31",
  time: "12:00:00Z",
  email: "ada@example.com",
  uri: "https://example.com/",
  "uri-reference": "/",
  uuid: "8e03978e-40d5-43e8-bc93-6894a57f9324",
};

function scalarSample(type: unknown, schema: OpenAPISchema): unknown {
  const minimum = schema["minimum"];
  if (type === "integer" || type === "number") return typeof minimum === "number" && minimum > 0 ? minimum : 0;
  if (type === "boolean") return true;
  return type === "string" ? (formats[String(schema["format"])] ?? "string") : null;
}
