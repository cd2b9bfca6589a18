// docs/migrating.md has Go beside TypeScript. What is a program is run by test/docs.test.ts; here the rest is compiled:
// the blocks of Go by `go vet`, with gorilla's module, and the fragments of TypeScript by tsc.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { requireTool } from "../support/tools.js";

const exec = promisify(execFile);
const go = requireTool("go");
const root = fileURLToPath(new URL("../../", import.meta.url));
const guide = readFileSync(join(root, "docs/migrating.md"), "utf8");

function blocksOf(language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(([, block = ""]) => block);
}

function folderIn(parent: string): string {
  const folder = mkdtempSync(join(parent, "migrating-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What the guide takes for granted: what is imported, and what was declared before. */
const packages = ["errors", "fmt", "io", "log", "net", "net/http", "net/rpc", "time", "context"];
const used = "errors.New; fmt.Println; io.EOF; log.Fatal; net.Dial; http.Serve; rpc.Dial; time.Now; context.TODO";

function goFile(block: string, i: number): string {
  const isWhole = /^(func|type|var) /.test(block);
  const imports = [...packages, "github.com/gorilla/websocket"].map((each) => `import ${JSON.stringify(each)}`);
  const uses = [...used.split("; "), "websocket.DefaultDialer"].map((name) => `var _ = ${name}`);
  const given = "ctx context.Context, conn *websocket.Conn, url string";
  const body = isWhole ? block : `func _(${given}) error {\n{\n${block}}\nreturn nil\n}\n`;
  return [`package p${i}`, ...imports, ...uses, ...declarationsFor(block), body].join("\n");
}

/** The types that a block names without declaring them. */
function declarationsFor(block: string): string[] {
  const chat = `const (pingPeriod = time.Second; writeWait = time.Second; pongWait = time.Second; maxMessageSize = 512)
type Hub struct { clients map[*Client]bool; broadcast chan []byte; register, unregister chan *Client }
type Client struct { hub *Hub; conn *websocket.Conn; send chan []byte }`;
  return [
    ...(block.includes("*Hub)") ? [chat] : []),
    ...(/\bEvent\b/.test(block) ? ["type Event struct { Name string }"] : []),
    ...(/&Args/.test(block) && !block.includes("type Args") ? ["type Args struct { A, B int }"] : []),
  ];
}

test.skipIf(go === undefined)(
  "the Go of the guide compiles (skipped unless go is on PATH)",
  { timeout: 180_000 },
  async () => {
    const folder = folderIn(tmpdir());
    for (const file of ["go.mod", "go.sum"]) cpSync(join(root, "interop/go/gorilla", file), join(folder, file));
    const blocks = blocksOf("go");
    expect(blocks.length).toBeGreaterThan(10);
    for (const [i, block] of blocks.entries()) {
      mkdirSync(join(folder, `p${i}`));
      writeFileSync(join(folder, `p${i}`, "p.go"), goFile(block, i));
    }
    const { stderr } = await exec(go ?? "", ["vet", "-unreachable=false", "./..."], { cwd: folder }).catch(
      (err: { stderr: string }) => err,
    );
    expect(stderr).toBe("");
  },
);

const given = `import type { IncomingMessage, ServerResponse } from "node:http";
import * as net from "toolkit";
import { float64, type Infer, int, map, optional, slice, string, struct, time, uint64 } from "toolkit/gob";
import { copy } from "toolkit/net";
import * as rpc from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import * as ws from "toolkit/ws";
export async function given(conn: ws.Conn, url: string, signal: AbortSignal) {
`;

test("the fragments of TypeScript compile", { timeout: 120_000 }, async () => {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = folderIn(join(root, ".cache"));
  const fragments = blocksOf("ts").filter((block) => !/from "toolkit/.test(block));
  expect(fragments.length).toBeGreaterThan(10);
  for (const [i, fragment] of fragments.entries()) {
    writeFileSync(join(folder, `${i}.ts`), `${given}{\n${fragment}}\n}\n`);
  }
  const compilerOptions = { incremental: true, tsBuildInfoFile: "../migrating.tsbuildinfo" }; // src/ is checked once
  const config = { extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const { stdout } = await exec(process.execPath, [tsc, "-p", folder]).catch((err: { stdout: string }) => err);
  // Only what is said about the fragments: src/ is checked elsewhere.
  expect(stdout.split("\n").filter((line) => line.includes("migrating-"))).toEqual([]);
});
