import { readFileSync } from "node:fs";
import { guides } from "./scripts/docs-guides.mjs";

const { exports } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

/** A subpath has one source, or one for each condition: browsers have another. */
const sourcesOf = (source) => (typeof source === "string" ? [source] : Object.values(source).toReversed());

/** @type {Partial<import("typedoc").TypeDocOptions>} */
const options = {
  name: "toolkit",
  tsconfig: "tsconfig.build.json",
  entryPointStrategy: "resolve",
  entryPoints: Object.values(exports).flatMap((target) => sourcesOf(target["toolkit-source"] ?? {})),
  projectDocuments: guides.map(({ path }) => path),
  out: "docs/api",
  plugin: ["typedoc-plugin-mdn-links", "./scripts/typedoc-house.mjs"],
  disableSources: true, // links to sources need a public repository
  intentionallyNotExported: ["src/net/socket/resolve.ts:Endpoint"], // what TCPAddr and UDPAddr have in common
  externalSymbolLinkMappings: { "@types/node": { "*": "https://nodejs.org/docs/latest-v20.x/api/" } },
  excludeInternal: true,
  excludePrivate: true,
  sort: ["source-order"],
  sortEntryPoints: false,
  groupOrder: ["Start here", "Guides", "Look up", "Examples", "Modules", "*"],
  navigation: { includeGroups: true, excludeReferences: true },
  headings: { readme: false },
  searchInDocuments: true,
  searchInComments: true,
  searchGroupBoosts: { "Start here": 10, Guides: 20, "Look up": 20 },
  favicon: "docs/pictures/favicon.svg",
  customCss: "scripts/docs-site.css",
  customJs: "scripts/docs-site.js",
  hideGenerator: true,
  highlightLanguages: ["bash", "console", "go", "html", "javascript", "json", "nginx", "sh", "typescript"],
  // An export without a comment, a link that leads nowhere, a type that nobody can name: each fails the run.
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: true,
    rewrittenLink: true,
    notDocumented: true,
    unusedMergeModuleWith: true,
  },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
};

export default options;
