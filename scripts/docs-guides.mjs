// What the pages of the API hold beside the API: the guides in docs/, and other pages of the repository, in the order and
// under the headings in which they are listed. The files themselves say nothing of it: it would be in the way on GitHub.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const listed = [
  { path: "docs/getting-started.md", title: "Getting started", group: "Start here" },
  { path: "docs/from-go.md", title: "From Go to TypeScript", group: "Start here" },
  { path: "docs/migrating.md", title: "Migrating, line by line", group: "Start here" },
  { path: "docs/deadlines.md", title: "Deadlines and back-pressure", group: "Guides" },
  { path: "docs/websocket.md", title: "WebSocket", group: "Guides" },
  { path: "docs/rpc.md", title: "RPC with Go", group: "Guides" },
  { path: "docs/rest.md", title: "REST", group: "Guides" },
  { path: "docs/errors.md", title: "Errors and codes", group: "Look up" },
  { path: "docs/security.md", title: "Limits and security", group: "Look up" },
  { path: "docs/gob.md", title: "The gob format", group: "Look up" },
  { path: "CHANGELOG.md", title: "Changes", group: "Look up" },
  { path: "CONTRIBUTING.md", title: "Contributing", group: "Look up" },
  { path: "SECURITY.md", title: "Reporting a hole", group: "Look up" },
];

const unlisted = readdirSync(new URL("docs/", root)).filter(
  (name) => name.endsWith(".md") && !listed.some(({ path }) => path === `docs/${name}`),
);
if (unlisted.length > 0) throw new Error(`scripts/docs-guides.mjs does not list ${unlisted.join(", ")}`);

const examples = readdirSync(new URL("examples/", root))
  .map((name) => ({ path: `examples/${name}/README.md`, name }))
  .filter(({ path }) => existsSync(new URL(path, root)))
  .map(({ path, name }) => ({ path, title: `Example: ${name}`, group: "Examples" }));

/** All of them: where each is, its first heading, what it is called in the list, and under what. */
export const guides = [...listed.filter(({ path }) => existsSync(new URL(path, root))), ...examples].map((guide) => ({
  ...guide,
  heading: /^# (.*)$/m.exec(readFileSync(new URL(guide.path, root), "utf8"))?.[1] ?? "",
}));
