import { pageStyle } from "./openapi-page-style.js";
import { choicesOf, isSchema, refName, resolveSchema, sampleOf } from "./openapi-sample.js";
import type {
  OpenAPIContent,
  OpenAPIDocument,
  OpenAPIOperation,
  OpenAPIParameter,
  OpenAPIResponse,
  OpenAPISchema,
} from "./openapi-types.js";
import { Markup, markup } from "./represent/markup.js";

/** One verb of one path. */
interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenAPIOperation;
}

const verbs: readonly string[] = ["get", "head", "post", "put", "patch", "delete", "x-query", "options"];
/** So many are shown in full; of more, each opens by itself. */
const mostOpen = 6;

/**
 * Writes a document as a page to read: no script, nothing from elsewhere, light or dark as the reader has it.
 *
 * @example
 * ```ts
 * import { openapi, openapiPage, resource } from "toolkit/rest";
 *
 * const hello = resource("/hello", { GET: { summary: "Says <hello>", handle: () => "hello" } });
 * const page = openapiPage(openapi([hello], { title: "Hello", version: "1" }));
 * console.log(page.includes("<title>Hello 1</title>"), page.includes("Says &lt;hello&gt;")); // true true
 * ```
 */
export function openapiPage(document: OpenAPIDocument): string {
  const { info } = document;
  const entries = entriesOf(document);
  const groups = groupsOf(entries, document);
  return String(markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${info.title} ${info.version}</title>
<style>${new Markup(pageStyle)}</style>
</head>
<body>
<header><h1>${info.title} <small>${info.version}</small></h1>${prose(info.description)}
${(document.servers ?? []).map(({ url, description }) => markup`<p class="server"><code>${url}</code> ${description}</p>`)}</header>
<div class="columns">
<nav aria-label="Operations">${groups.map(renderIndex)}${indexOfSchemas(document)}</nav>
<main>
${groups.map((group) => renderGroup(group, document, entries.length <= mostOpen))}
${renderSchemas(document)}
</main>
</div>
</body>
</html>
`);
}

function entriesOf({ paths }: OpenAPIDocument): Entry[] {
  return Object.entries(paths).flatMap(([path, verbsOfPath]) =>
    verbs
      .filter((verb) => verbsOfPath[verb] !== undefined)
      .map((verb) => ({ method: verb.replace("x-", ""), path, operation: verbsOfPath[verb] as OpenAPIOperation })),
  );
}

interface Group {
  readonly name: string;
  readonly description: string | undefined;
  readonly entries: readonly Entry[];
}

/** By the first tag, in the order of the document's tags; those without come first. */
function groupsOf(entries: readonly Entry[], { tags = [] }: OpenAPIDocument): Group[] {
  const tagOf = ({ operation }: Entry) => operation.tags?.[0] ?? "";
  const names = new Set(["", ...tags.map(({ name }) => name), ...entries.map(tagOf)]);
  const groups = [...names].map((name) => ({
    name,
    description: tags.find((tag) => tag.name === name)?.description,
    entries: entries.filter((entry) => tagOf(entry) === name),
  }));
  return groups.filter((group) => group.entries.length > 0);
}

function renderIndex({ name, entries }: Group): Markup {
  const items = entries.map(
    ({ method, path, operation }) =>
      markup`<li><a href="#${operation.operationId}">${badge(method)}<span class="path">${breakable(path)}</span></a></li>`,
  );
  return markup`<h2>${name || "Operations"}</h2><ul>${items}</ul>`;
}

function badge(method: string): Markup {
  return markup`<span class="method ${method}">${method.toUpperCase()}</span>`;
}

/** A long path may go on in the next line, behind a slash. */
function breakable(path: string): Markup[] {
  return path.split(/(?<=\/)/).map((part) => markup`${part}<wbr>`);
}

function renderGroup(group: Group, document: OpenAPIDocument, isOpen: boolean): Markup {
  return markup`<section><h2>${group.name || "Operations"}</h2>${prose(group.description)}
${group.entries.map((entry) => renderOperation(entry, document, isOpen))}</section>`;
}

function renderOperation({ method, path, operation }: Entry, document: OpenAPIDocument, isOpen: boolean): Markup {
  const { operationId, summary, description, deprecated, parameters = [], requestBody, responses } = operation;
  const open = isOpen ? new Markup(" open") : "";
  const name = markup`<span class="path">${deprecated === true ? markup`<s>${breakable(path)}</s>` : breakable(path)}</span>`;
  return markup`<details class="operation" id="${operationId}"${open}>
<summary>${badge(method)}${name}<span class="summary">${summary}${deprecated === true ? " (deprecated)" : ""}</span></summary>
<div class="body">${prose(description)}
${parameters.length === 0 ? "" : markup`<h3>Parameters</h3>${renderParameters(parameters)}`}
${requestBody === undefined ? "" : markup`<h3>Request</h3>${renderContent(requestBody.content, document)}`}
<h3>Answers</h3>${renderResponses(responses, document)}</div>
</details>`;
}

function renderParameters(parameters: readonly OpenAPIParameter[]): Markup {
  const rows = parameters.map(
    ({ name, in: place, required, schema, description }) => markup`<div class="row">
<div class="name"><code>${name}</code>${required ? markup`<span class="required" title="required">*</span>` : ""}</div>
<div><span class="type">${typeOf(schema)}</span> <span class="place">in ${place}</span>${prose(description ?? schema["description"])}</div></div>`,
  );
  return markup`<div class="rows">${rows}</div>`;
}

function renderContent(content: OpenAPIContent, document: OpenAPIDocument): Markup[] {
  const entries = Object.entries(content);
  const keys = [...new Set(entries.map(([, { schema }]) => JSON.stringify(schema)))];
  return keys.map((key) => {
    const alike = entries.filter(([, { schema }]) => JSON.stringify(schema) === key);
    const schema = alike[0]?.[1].schema;
    const names = alike.map(([type]) => markup`<code class="media">${type}</code> `);
    return markup`<p class="medias">${names}</p>${schema === undefined ? "" : renderBody(schema, document)}`;
  });
}

function renderBody(schema: OpenAPISchema, document: OpenAPIDocument): Markup {
  const sample = JSON.stringify(sampleOf(schema, document) ?? null, null, 2);
  return markup`<div class="shape"><div>${renderSchema(schema, document)}</div><pre aria-label="Example">${sample}</pre></div>`;
}

function renderResponses(responses: Readonly<Record<string, OpenAPIResponse>>, document: OpenAPIDocument): Markup {
  const all = Object.entries(responses);
  const successes = all.filter(([status]) => status.startsWith("2"));
  const problems = all.filter(([status]) => !status.startsWith("2"));
  return markup`${successes.map(
    ([status, { description, content, headers = {} }]) =>
      markup`<p class="answer"><b class="status">${status}</b> ${description}${Object.keys(headers).map(
        (name) => markup` <code class="media">${name}</code>`,
      )}</p>${content === undefined ? "" : renderContent(content, document)}`,
  )}<p class="problems">${problems.map(
    ([status, { description }]) => markup`<span><b class="status problem">${status}</b> ${description}</span> `,
  )}</p>`;
}

function renderSchema(schema: OpenAPISchema, document: OpenAPIDocument): Markup {
  const whole = resolveSchema(schema, document);
  const { properties, required, description } = isSchema(whole["items"])
    ? resolveSchema(whole["items"], document)
    : whole;
  const heading = markup`<p class="type">${typeOf(schema)}</p>${prose(refName(schema) === undefined ? undefined : description)}`;
  if (!isSchema(properties)) return heading;
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const rows = Object.entries(properties as Record<string, OpenAPISchema>).map(
    ([name, each]) => markup`<div class="row">
<div class="name"><code>${name}</code>${needed.includes(name) ? markup`<span class="required" title="required">*</span>` : ""}</div>
<div><span class="type">${typeOf(each)}</span>${constraints(each)}${prose(each["description"])}</div></div>`,
  );
  return markup`${heading}<div class="rows">${rows}</div>`;
}

/** What of a schema is its type, short: `array of Video`, `string (date-time)`. */
function typeOf(schema: OpenAPISchema): Markup {
  const name = refName(schema);
  if (name !== undefined) return markup`<a href="#schema-${name}">${name}</a>`;
  const choices = choicesOf(schema);
  if (choices.length > 0) return joined(choices.map(typeOf));
  const { type, format, items } = schema;
  const types: readonly unknown[] = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (types.includes("array") && isSchema(items)) {
    return markup`array of ${typeOf(items)}${types.includes("null") ? " or null" : ""}`;
  }
  const text = types.map(String).join(" or ") || "any";
  return markup`${text}${typeof format === "string" ? ` (${format})` : ""}`;
}

function joined(parts: readonly Markup[]): Markup {
  return markup`${parts.map((part, i) => (i === 0 ? part : markup` or ${part}`))}`;
}

const bounds: Readonly<Record<string, string>> = {
  minimum: "≥",
  exclusiveMinimum: ">",
  maximum: "≤",
  exclusiveMaximum: "<",
  minLength: "length ≥",
  maxLength: "length ≤",
  minItems: "items ≥",
  maxItems: "items ≤",
  pattern: "matches",
  const: "is",
  default: "default",
};

function constraints(schema: OpenAPISchema): Markup | string {
  const told = Object.entries(bounds)
    .filter(([keyword]) => schema[keyword] !== undefined && !isSafeBound(schema[keyword]))
    .filter(([keyword]) => keyword !== "pattern" || schema["format"] === undefined) // which says the same, shorter
    .map(([keyword, word]) => `${word} ${JSON.stringify(schema[keyword])}`);
  if (Array.isArray(schema["enum"])) told.push(schema["enum"].map((each) => JSON.stringify(each)).join(" | "));
  return told.length === 0 ? "" : markup` <span class="bounds">${told.join(", ")}</span>`;
}

/** What bounds every number says nothing. */
function isSafeBound(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) === Number.MAX_SAFE_INTEGER;
}

function indexOfSchemas({ components }: OpenAPIDocument): Markup | string {
  const names = Object.keys(components.schemas);
  if (names.length === 0) return "";
  return markup`<h2>Schemas</h2><ul>${names.map((name) => markup`<li><a href="#schema-${name}">${name}</a></li>`)}</ul>`;
}

function renderSchemas(document: OpenAPIDocument): Markup | string {
  const schemas = Object.entries(document.components.schemas);
  if (schemas.length === 0) return "";
  const all = schemas.map(
    ([name, schema]) =>
      markup`<article class="schema" id="schema-${name}"><h3>${name}</h3>${prose(schema["description"])}${renderSchema(schema, document)}</article>`,
  );
  return markup`<section><h2>Schemas</h2>${all}</section>`;
}

/** Writes text in paragraphs, with `code`, **strong** and *emphasised* parts: what descriptions mostly have of CommonMark. */
function prose(text: unknown): Markup[] {
  if (typeof text !== "string" || text === "") return [];
  return text.split(/\n\s*\n/).map((paragraph) => {
    const parts = paragraph
      .split("`")
      .map((part, i) => (i % 2 === 1 ? markup`<code>${part}</code>` : emphasised(part)));
    return markup`<p class="prose">${parts}</p>`;
  });
}

function emphasised(text: string): Markup[] {
  return text.split(/(\*\*[^*]+\*\*|\*[^*]+\*)/).map((part) => {
    if (/^\*\*[^*]+\*\*$/.test(part)) return markup`<strong>${part.slice(2, -2)}</strong>`;
    return /^\*[^*]+\*$/.test(part) ? markup`<em>${part.slice(1, -1)}</em>` : markup`${part}`;
  });
}
