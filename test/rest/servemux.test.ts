import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Engine } from "../../src/rest/engine.js";
import type { Outcome } from "../../src/rest/outcome.js";
import { cleanPath } from "../../src/rest/path.js";
import { parsePattern } from "../../src/rest/pattern.js";
import { conflict } from "../../src/rest/pattern-conflict.js";
import { resource } from "../../src/rest/resource.js";
import { Router } from "../../src/rest/router.js";
import type { Handlers } from "../../src/rest/types.js";
import { incomingOf } from "./incoming.js";
import { parseSets, type ServeMuxRequest, type ServeMuxResource, type ServeMuxSet } from "./servemux-cases.js";

const file = new URL("../testdata/rest/servemux.jsonl", import.meta.url);
const sets = parseSets(readFileSync(file, "utf8"));

describe("what the real ServeMux of Go does", () => {
  test("there are thousands of cases, of all kinds", () => {
    const requests = sets.flatMap((set) => set.Requests);
    expect(requests.length).toBeGreaterThan(5000);
    expect(new Set(requests.map(({ Status }) => Status))).toEqual(new Set([200, 307, 400, 404, 405]));
  });

  test("patterns are taken and refused as by Go, in its words", () => {
    for (const set of sets) checkRegistration(set.Resources);
  });

  test("requests lead to the same pattern with the same values, to the same status, Allow and Location", async () => {
    for (const set of sets) await checkRequests(set);
  });
});

function checkRegistration(resources: readonly ServeMuxResource[]): void {
  const router = new Router<null>();
  for (const { Pattern: source, Error: theirs } of resources) {
    const ours = messageOf(() => router.add(parsePattern(source), null));
    const other = /^pattern .* conflicts with pattern (".*"):$/m.exec(theirs ?? "")?.[1];
    // Where a pattern conflicts with several, Go names the one that its index finds first.
    const same = other === undefined ? ours : conflict(parsePattern(source), parsePattern(JSON.parse(other) as string));
    expect(ours === undefined, `${source}: ${theirs}`).toBe(theirs === undefined);
    expect(same).toBe(theirs);
  }
}

function messageOf(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function checkRequests(set: ServeMuxSet): Promise<void> {
  const taken = set.Resources.filter((one) => one.Error === undefined);
  const engine = new Engine({
    resources: taken.map(({ Pattern, Methods }) => resource(Pattern, handlersOf(Pattern, Methods))),
  });
  for (const request of set.Requests) {
    const outcome = await engine.answer(incomingOf(request.Method, request.Host, request.Target));
    const label = `${taken.map(({ Pattern }) => Pattern).join(" ")} < ${request.Method} ${request.Host} ${request.Target}`;
    expect(told(outcome, request), label).toEqual(expected(request));
  }
}

function handlersOf(pattern: string, methods: readonly string[]): Handlers {
  const handle = (_: Request, { params }: { params: unknown }) =>
    new Response(null, {
      headers: { Pattern: encodeURIComponent(pattern), Values: encodeURIComponent(JSON.stringify(params)) },
    });
  return Object.fromEntries(methods.map((method) => [method, handle]));
}

function told(outcome: Outcome, request: ServeMuxRequest): unknown {
  const decoded = (name: string) => decodeURIComponent(outcome.get(name) ?? "");
  const location = outcome.get("location");
  return {
    status: outcome.status,
    pattern: decoded("pattern"),
    values: JSON.parse(decoded("values") || "{}") as unknown,
    // OPTIONS is answered for all resources, which Go's mux leaves to handlers.
    allow: (outcome.get("allow") ?? "").replace(/(^|, )OPTIONS/, "").replace(/^, /, ""),
    location: location === null ? "" : asGoWrites(location, request),
  };
}

function expected({ Status, Pattern = "", Values = {}, Allow = "", Location = "" }: ServeMuxRequest): unknown {
  return { status: Status, pattern: Pattern, values: Values, allow: Allow, location: Location };
}

/**
 * Go takes an escaped path for one that is not when it redirects: what is escaped it escapes again, and to add a slash
 * it decodes the path before it cleans it. Gives what Go wrote where that is what became of the target; our location
 * leads to where the client meant to go.
 */
function asGoWrites(ours: string, { Target, Location = "" }: ServeMuxRequest): string {
  const [path = "", ...query] = ours.split("?");
  const [theirs = "", ...theirQuery] = Location.split("?");
  const [target = ""] = Target.split("?");
  if (!`${target}${path}`.includes("%") || query.join("?") !== theirQuery.join("?")) return ours;
  const written = decodeURIComponent(theirs);
  const withSlash = `${cleanPath(decodeURIComponent(target))}/`;
  return written === path || written === withSlash ? Location : ours;
}
