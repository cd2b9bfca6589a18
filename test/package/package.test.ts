import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const exec = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { exports: object };
const subpaths = Object.keys(exports).filter((path) => path !== "./package.json");
const specifiers = subpaths.map((path) => path.replace(/^\./, "toolkit"));

/** The user's project: an empty folder in which the packed package is installed. */
let user = "";

/** Runs a program, as a user would: without what npm and vitest put around us. */
async function runIn(cwd: string, file: string, ...args: string[]): Promise<string> {
  const ours = /^(npm_|NODE_|VITEST|TS_)/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  try {
    return (await exec(file, args, { cwd, env })).stdout;
  } catch (err) {
    const { message, stdout } = err as Error & { stdout: string };
    throw new Error(`${message}\n${stdout}`, { cause: err });
  }
}

function run(file: string, ...args: string[]): Promise<string> {
  return runIn(user, file, ...args);
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(join(user, file), text);
}

beforeAll(async () => {
  if (process.env["TOOLKIT_BUILT"] === undefined) await runIn(root, "npm", "run", "build");
  user = await mkdtemp(join(tmpdir(), "toolkit-package-"));
  const [packed] = JSON.parse(await runIn(root, "npm", "pack", "--json", "--pack-destination", user)) as [
    { filename: string },
  ];
  await write("package.json", JSON.stringify({ name: "user", private: true, type: "module" }));
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
  await run("npm", "install", ...quiet, `./${packed.filename}`);
}, 120_000);

afterAll(() => rm(user, { recursive: true, force: true }));

test.each(["toolkit/ws", "toolkit/net", "toolkit/gob", "toolkit/nettest", "toolkit/rpc", "toolkit/rest"])(
  "%s can be bundled for a browser, and brings nothing of Node's",
  async (specifier) => {
    const { outputFiles, warnings } = await build({
      stdin: { contents: `export * from ${JSON.stringify(specifier)};`, resolveDir: user },
      bundle: true,
      platform: "browser",
      format: "esm",
      minify: true,
      write: false,
      logLevel: "silent", // what cannot be resolved is thrown
    });
    expect(warnings).toEqual([]);
    expect(outputFiles[0]?.text).not.toMatch(/\b(from|import|require)[\s(]*["']node:/);
    expect(outputFiles[0]?.contents.byteLength).toBeGreaterThan(1000);
  },
);

test("it brings its run-time dependencies and nothing else", async () => {
  const listed = JSON.parse(await run("npm", "ls", "--json")) as { dependencies: Record<string, unknown> };
  expect(Object.keys(listed.dependencies)).toEqual(["toolkit"]);
  const tree = await run("npm", "ls", "--all", "--parseable");
  expect(tree).not.toMatch(/vitest|typescript|@types/);
});

test("its command runs", async () => {
  const command = join(user, "node_modules", ".bin", "toolkit");
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  expect(await run(command, "--version")).toContain(version);
});

test("its comparison runs, all of it that a package has", async () => {
  const command = join(user, "node_modules", ".bin", "toolkit");
  const rows = ["tcp", "wss", "rpc-tcp-gob", "push-ws"];
  const out = await run(command, "compare", "--duration", "3", "--sizes", "64", "--json", "--only", rows.join());
  const { rows: measured, updates } = JSON.parse(out) as Record<"rows" | "updates", { name: string; status: string }[]>;
  const states = [...measured, ...updates].filter(({ status }) => status !== "skipped"); // there is no Go in it
  expect(states).toMatchObject(rows.map((name) => ({ name, status: "measured" })));
});

describe("import and require", () => {
  test.each(specifiers)("%s gives the same things either way", async (specifier) => {
    await write(
      "both.mjs",
      `import { createRequire } from "node:module";
       const required = createRequire(import.meta.url)(${JSON.stringify(specifier)});
       const imported = await import(${JSON.stringify(specifier)});
       const names = Object.keys(imported);
       console.log(names.length > 0 && names.every((name) => required[name] === imported[name]));`,
    );
    expect(await run(process.execPath, "both.mjs")).toBe("true\n");
  });

  test("a class is one class, whichever subpath and whichever way it comes by", async () => {
    await write(
      "classes.cjs",
      `const { NetError, OpError } = require("toolkit/net");
       const { dial } = require("toolkit");
       (async () => {
         const { NetError: imported } = await import("toolkit/net");
         const tcp = await import("toolkit/tcp");
         const errors = [await dial("foo", "").catch((err) => err), await tcp.dial("1").catch((err) => err)];
         console.log(imported === NetError, errors.every((err) => err instanceof NetError && err instanceof OpError));
       })();`,
    );
    expect(await run(process.execPath, "classes.cjs")).toBe("true true\n");
  });
});

/** A user's program: a TCP echo that names types, values and errors of several subpaths. */
const program = `
import { dial, listen } from "toolkit";
import { type Conn, type Listener, copy, isTimeout, NetError, readFull } from "toolkit/net";
import * as tcp from "toolkit/tcp";
import type * as nettest from "toolkit/nettest";

async function serve(listener: Listener): Promise<void> {
  for await (const conn of listener) void copy(conn, conn).finally(() => conn.close());
}

async function echo(conn: Conn, text: string): Promise<string> {
  const sent = new TextEncoder().encode(text);
  await conn.write(sent);
  const got = new Uint8Array(sent.byteLength);
  await readFull(conn, got);
  conn.close();
  return new TextDecoder().decode(got);
}

export async function main(): Promise<void> {
  const listener: tcp.TCPListener = await tcp.listen("127.0.0.1:0");
  const serving = serve(listener);
  const addr: tcp.TCPAddr = listener.addr;
  const makePipe: nettest.MakePipe | null = null;
  console.log(await echo(await tcp.dial(addr), "from tcp"), await echo(await dial("tcp", addr.toString()), "from dial"));
  listener.close();
  await serving;
  const refused = await dial("tcp", addr.toString(), { timeoutMs: 1000 }).catch((err: unknown) => err);
  console.log(refused instanceof NetError && refused.code, isTimeout(refused), makePipe, typeof listen);
}
`;
const printed = "from tcp from dial\nECONNREFUSED false null function\n";

describe("types", () => {
  test("an ESM program and a CommonJS program compile against them, strictly, and run", async () => {
    await mkdir(join(user, "programs"), { recursive: true });
    await write("programs/esm.ts", `${program}\nawait main();\n`);
    await write("programs/commonjs.cts", `${program}\nvoid main();\n`);
    await write(
      "tsconfig.json",
      JSON.stringify({
        compilerOptions: {
          module: "NodeNext",
          target: "ES2023",
          lib: ["ES2023"],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          verbatimModuleSyntax: false,
          skipLibCheck: false,
          types: ["node"],
          typeRoots: [join(root, "node_modules/@types")],
          rootDir: "programs",
          outDir: "out",
        },
        include: ["programs"],
      }),
    );
    expect(await run(process.execPath, tsc, "-p", ".")).toBe("");
    const outputs = await Promise.all(["out/esm.js", "out/commonjs.cjs"].map((file) => run(process.execPath, file)));
    expect(outputs).toEqual([printed, printed]);
  });
});
