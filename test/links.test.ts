// Every link of the documentation leads somewhere: to a file, to a heading of it, or to a well-formed address on the web.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Whom the documentation may point to. A new one is added on purpose. */
const hosts = [
  "datatracker.ietf.org",
  "developer.mozilla.org",
  "github.com",
  "html.spec.whatwg.org",
  "keepachangelog.com",
  "nodejs.org",
  "pkg.go.dev",
  "semver.org",
  "standardschema.dev",
  "www.rfc-editor.org",
];

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs")).flatMap((name) => (name.endsWith(".md") ? [join("docs", name)] : [])),
  ...readdirSync(join(root, "examples")).flatMap((name) => {
    const readme = join("examples", name, "README.md");
    return existsSync(join(root, readme)) ? [readme] : [];
  }),
];

/** The text without its code, of which the lines stay. */
function proseOf(page: string): string {
  const text = readFileSync(join(root, page), "utf8");
  return text.replace(/^( *)(```+).*?^\1\2$/gms, (block) => block.replace(/[^\n]/g, ""));
}

/** The names under which the headings of a page can be linked to, as GitHub and the pages of the API make them. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = [...proseOf(page).matchAll(/^#{1,6} +(.*?) *$/gm)].map(([, text = ""]) => slugOf(text));
  return new Set(
    headings.map((slug) => {
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    }),
  );
}

function slugOf(heading: string): string {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return words.replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
}

interface Target {
  readonly line: number;
  readonly target: string;
}

function linksIn(page: string): Target[] {
  const prose = proseOf(page);
  return [...prose.matchAll(/\]\(<?([^()\s>]+(?:\([^()]*\)[^()\s>]*)?)>?(?: "[^"]*")?\)|^\[[^\]]+\]: +(\S+)/gm)].map(
    ({ 1: inline, 2: defined, index }) => ({
      line: prose.slice(0, index).split("\n").length,
      target: inline ?? defined ?? "",
    }),
  );
}

/** What is wrong with a link; nothing if it is good. */
function faultOf(page: string, target: string): string | undefined {
  if (/^[a-z]+:/i.test(target)) return faultOfAddress(target);
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : join(dirname(page), decodeURI(path));
  if (relative(root, join(root, file)).startsWith("..")) return "leads out of the repository";
  if (!existsSync(join(root, file))) return "no such file";
  if (anchor === undefined) return undefined;
  if (!file.endsWith(".md") || statSync(join(root, file)).isDirectory()) return "a heading of what is no page";
  return anchorsOf(file).has(anchor) ? undefined : "no such heading";
}

function faultOfAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return "malformed";
  const { protocol, hostname } = new URL(address);
  if (protocol !== "https:") return `${protocol} in the place of https:`;
  return hosts.includes(hostname) ? undefined : `host ${hostname} is not among those of test/links.test.ts`;
}

describe("links", () => {
  test("there are some", () => {
    expect(pages.flatMap(linksIn).length).toBeGreaterThan(20);
  });

  test.each(pages)("of %s lead somewhere", (page) => {
    const faults = linksIn(page).flatMap(({ line, target }) => {
      const fault = faultOf(page, target);
      return fault === undefined ? [] : [`${page}:${line}: ${target}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  test("pictures say in words what they show", () => {
    const silent = pages.filter((page) => /!\[\s*\]\(/.test(proseOf(page)));
    expect(silent).toEqual([]);
  });
});
